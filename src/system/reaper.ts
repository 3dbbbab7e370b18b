import type { Instant, Millis } from '../lib/time.ts'
import type { Census } from './census.ts'
import { isLaunched } from './launch.ts'
import { peekZombie, reap, type WaitStatus } from './libc.ts'
import { ownChildren, readStat } from './procfs.ts'

/** In how many turns of the loop a dead child that nobody told us of is met before we reap it. */
const turnsBeforeReaping = 3
/** How long we let a zombie of the runtime's stand before those that may be behind it. */
const patience: Millis = 5
const firstPause: Millis = 1
const longestPause: Millis = 256
const sweepPeriod: Millis = 1000
/** How many exits of children that nobody knew are remembered. */
const remembered = 4096

export interface Reaper extends Disposable {
  /** How a child ended that was reaped here before anybody knew it: an earlier image of this process had started it. */
  exitOf(pid: number, startTime: number): WaitStatus | null
}

/**
 * Reaps orphans: the runtime reaps only what it has spawned. What it has spawned is left to it, since it dies when
 * somebody else was quicker; so is, for a few turns of its loop, any dead child we do not know: another part of this
 * program may have spawned it.
 * @param claim asked of each dead child that the runtime did not spawn: whether it was taken care of
 * @param onDeath called after each SIGCHLD, when everything that could be reaped has been
 */
export function createReaper({
  census,
  claim,
  onDeath,
}: {
  readonly census: Census
  readonly claim: (pid: number) => boolean
  readonly onDeath: () => void
}): Reaper {
  /** Dead children that we do not know, and in how many turns they were met. */
  const met = new Map<number, number>()
  /** Since when the zombie that the kernel shows first is one of the runtime's. */
  let hiddenSince: Instant | null = null
  const buried = new Map<number, { readonly startTime: number; readonly status: WaitStatus }>()
  let next: { readonly timer: ReturnType<typeof setTimeout>; readonly pause: Millis } | null = null

  function heard(): void {
    // Several of these may come in one turn of the loop, before the runtime had its chance: they count for nothing.
    look({ isNewTurn: false, pause: firstPause })
    onDeath()
  }

  function look({ isNewTurn, pause }: { readonly isNewTurn: boolean; readonly pause: Millis }): void {
    const first = peekZombie()
    hiddenSince = first > 0 && isLaunched(first) ? (hiddenSince ?? performance.now()) : null
    if (first <= 0) return met.clear()
    // The kernel shows one zombie, and the same again until it is reaped. The runtime will have reaped its own in a
    // moment; until then the ones behind it can only be found by asking for each child.
    if (hiddenSince === null || performance.now() - hiddenSince > patience) considerAll(isNewTurn)
    lookAgain(pause)
  }

  function lookAgain(pause: Millis): void {
    if (next !== null && next.pause <= pause) return
    clearTimeout(next?.timer)
    const timer = setTimeout(() => {
      next = null
      look({ isNewTurn: true, pause: Math.min(longestPause, pause * 2) })
    }, pause)
    next = { timer: timer.unref(), pause }
  }

  function considerAll(isNewTurn: boolean): void {
    hiddenSince = null
    const dead = new Set(ownChildren().filter((pid) => !isLaunched(pid) && peekZombie(pid) === pid))
    for (const pid of met.keys()) if (!dead.has(pid)) met.delete(pid)
    for (const pid of dead) {
      if (claim(pid)) continue
      const turns = (met.get(pid) ?? 0) + (isNewTurn ? 1 : 0)
      met.set(pid, turns)
      if (turns >= turnsBeforeReaping || census.owns(pid)) reapOrphan(pid)
    }
  }

  function reapOrphan(pid: number): void {
    const startTime = census.owns(pid) ? 0 : (readStat(pid)?.startTime ?? 0)
    const status = reap(pid)
    if (status !== null && startTime !== 0) remember(pid, { startTime, status })
    met.delete(pid)
    census.forget(pid)
  }

  function remember(pid: number, exit: { readonly startTime: number; readonly status: WaitStatus }): void {
    buried.delete(pid)
    buried.set(pid, exit)
    for (const oldest of buried.keys()) {
      if (buried.size <= remembered) break
      buried.delete(oldest)
    }
  }

  process.on('SIGCHLD', heard)
  // Signals of one kind that come together are one: nothing may hang on each of them being heard.
  const sweep = setInterval(() => look({ isNewTurn: true, pause: firstPause }), sweepPeriod).unref()
  return {
    exitOf(pid, startTime) {
      const exit = buried.get(pid)
      return exit?.startTime === startTime ? exit.status : null
    },
    [Symbol.dispose]() {
      process.off('SIGCHLD', heard)
      clearTimeout(next?.timer)
      clearInterval(sweep)
    },
  }
}
