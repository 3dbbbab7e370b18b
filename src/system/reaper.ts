import type { Census } from './census.ts'
import { isLaunched } from './launch.ts'
import { peekZombie, reap } from './libc.ts'
import { ownChildren } from './procfs.ts'

/** How often a dead child that nobody told us of is looked at before we reap it. */
const looksBeforeReaping = 3
/** How long we let a zombie of the runtime's stand before those that may be behind it. */
const patience = 5
const sweepPeriod = 1000
const longestPause = 256

/**
 * Reaps orphans: the runtime reaps only what it has spawned. What it has spawned is left to it, since it dies when
 * somebody else was quicker; so is, for a few turns of its loop, any dead child we do not know: another part of this
 * program may have spawned it.
 * @param onDeath called after each SIGCHLD, when everything that could be reaped has been
 */
export function createReaper({
  census,
  onDeath,
}: {
  readonly census: Census
  readonly onDeath: () => void
}): Disposable {
  const looks = new Map<number, number>()
  /** Since when the zombie that the kernel shows first is one of the runtime's. */
  let hiddenSince: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = 1

  function heard(): void {
    pause = 1
    look()
    onDeath()
  }

  function look(): void {
    clearTimeout(timer)
    timer = undefined
    const first = peekZombie()
    hiddenSince = first > 0 && isLaunched(first) ? (hiddenSince ?? performance.now()) : null
    if (first <= 0) return looks.clear()
    // The kernel shows one zombie, and the same again until it is reaped. The runtime will have reaped its own in a
    // moment; until then the ones behind it can only be found by asking for each child.
    if (hiddenSince === null || performance.now() - hiddenSince > patience) considerAll()
    timer = setTimeout(look, pause).unref()
    pause = Math.min(longestPause, pause * 2)
  }

  function considerAll(): void {
    hiddenSince = null
    const dead = ownChildren().filter((pid) => !isLaunched(pid) && peekZombie(pid) === pid)
    for (const pid of looks.keys()) if (!dead.includes(pid)) looks.delete(pid)
    for (const pid of dead) consider(pid)
  }

  function consider(pid: number): void {
    const times = (looks.get(pid) ?? 0) + 1
    if (times < looksBeforeReaping && !census.knowsOrphan(pid)) return void looks.set(pid, times)
    reap(pid)
    looks.delete(pid)
    census.forget(pid)
  }

  process.on('SIGCHLD', heard)
  // Signals of one kind that come together are one: nothing may hang on each of them being heard.
  const sweep = setInterval(look, sweepPeriod).unref()
  return {
    [Symbol.dispose]() {
      process.off('SIGCHLD', heard)
      clearTimeout(timer)
      clearInterval(sweep)
    },
  }
}
