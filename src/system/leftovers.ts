import type { Millis } from '../lib/time.ts'
import type { Census } from './census.ts'
import type { ProcessStat } from './procfs.ts'
import type { Run } from './run.ts'
import type { Signaller } from './signalling.ts'

/** Watches runs of which something is left after their main process, or that are being swept. */
export interface LeftoverWatch extends Disposable {
  add(run: Run): void
  remove(run: Run): void
  /** Looks now: somebody has died. */
  look(): void
}

const firstPause: Millis = 5
const longestPause: Millis = 100

/**
 * The last of a run to die is a child of ours, so SIGCHLD tells of every end. The poll, with growing pauses, is for
 * those who fork while they are swept, and for hosts where orphans do not come to us.
 * @param onGone called for a run whose main process had ended, when nobody is left of it
 */
export function createLeftoverWatch(input: {
  readonly census: Census
  readonly signaller: Signaller
  readonly onGone: (run: Run) => void
}): LeftoverWatch {
  const { census, signaller, onGone } = input
  const watched = new Set<Run>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = firstPause

  function look(): void {
    if (watched.size === 0) return
    const orphans = census.orphansByTribe()
    for (const run of watched) lookAt(run, orphans.get(run) ?? [])
  }

  function lookAt(run: Run, orphans: readonly ProcessStat[]): void {
    signaller.sweep(run, orphans)
    if (run.phase.tag !== 'left' || countLeft({ run, census, orphans }) > 0) return
    watched.delete(run)
    onGone(run)
  }

  function schedule(): void {
    clearTimeout(timer)
    if (watched.size === 0) return
    timer = setTimeout(() => {
      look()
      schedule()
    }, pause)
    pause = Math.min(longestPause, pause * 1.5)
  }

  return {
    add(run) {
      watched.add(run)
      pause = firstPause
      schedule()
    },
    remove(run) {
      watched.delete(run)
    },
    look,
    [Symbol.dispose]() {
      watched.clear()
      clearTimeout(timer)
    },
  }
}

/** How many of a run are alive, without its main process, which has ended. Mostly it costs one call of the kernel. */
export function countLeft(input: {
  readonly run: Run
  readonly census: Census
  readonly orphans: readonly ProcessStat[]
}): number {
  const { run, census, orphans } = input
  const hasGroup = run.main.signalGroup(0) !== 'ESRCH'
  if (!hasGroup && orphans.length === 0) return 0
  // Zombies are in the group too: only a closer look tells.
  return census.members(run, orphans).length
}
