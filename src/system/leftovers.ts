import type { Millis } from '../lib/time.ts'
import type { Census } from './census.ts'
import { isLive, readStat, type ProcessStat } from './procfs.ts'
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
 * those who fork while they are swept, for hosts where orphans do not come to us, and for runs of an earlier daemon: of
 * those one member is kept as the witness that somebody is left, and only without it everybody is looked at.
 * @param onGone called for a run whose main process had ended, when nobody is left of it
 */
export function createLeftoverWatch(input: {
  readonly census: Census
  readonly signaller: Signaller
  readonly onGone: (run: Run) => void
}): LeftoverWatch {
  const { census, signaller, onGone } = input
  const watched = new Set<Run>()
  const witnesses = new Map<Run, ProcessStat>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = firstPause

  /** Somebody has died: who is without orphans and group is gone, and an orphan may have become ours. Cheap. */
  function look(): void {
    if (watched.size === 0) return
    const runs = [...watched].filter((run) => !isWitnessed(run))
    const orphans = census.orphansByTribe(runs)
    for (const run of runs) {
      const own = orphans.get(run) ?? []
      if (own.some((pid) => run.sweep?.reached.has(pid) === false)) signaller.sweep(run, own)
      const witness = run.isScattered ? census.members(run, own)[0] : undefined
      if (witness !== undefined) witnesses.set(run, witness)
      else if (run.phase.tag === 'left' && own.length === 0 && countLeft({ run, census, orphans: own }) === 0) end(run)
    }
  }

  function isWitnessed(run: Run): boolean {
    const witness = witnesses.get(run)
    const now = witness === undefined ? null : readStat(witness.pid)
    return isLive(now) && now.startTime === witness?.startTime
  }

  /** Goes through all that is being swept, down to the last grandchild. */
  function sweep(): void {
    for (const run of watched) if (signaller.sweep(run)) pause = firstPause
    look()
  }

  function end(run: Run): void {
    remove(run)
    onGone(run)
  }

  function schedule(): void {
    clearTimeout(timer)
    if (watched.size === 0) return
    timer = setTimeout(() => {
      sweep()
      schedule()
    }, pause)
    pause = Math.min(longestPause, pause * 1.5)
  }

  function remove(run: Run): void {
    watched.delete(run)
    witnesses.delete(run)
  }

  return {
    add(run) {
      watched.add(run)
      pause = firstPause
      schedule()
    },
    remove,
    look,
    [Symbol.dispose]() {
      watched.clear()
      witnesses.clear()
      clearTimeout(timer)
    },
  }
}

/** How many of a run are alive, without its main process, which has ended. */
export function countLeft(input: {
  readonly run: Run
  readonly census: Census
  readonly orphans: readonly number[]
}): number {
  const { run, census, orphans } = input
  // Who was an orphan a moment ago may have ended since, and left children of its own to the next look.
  if (orphans.length > 0) return Math.max(1, census.members(run, orphans).length)
  if (run.isScattered) return 0 // everybody was looked at
  // Mostly this one call of the kernel says it all. Zombies are in the group too: then only a closer look tells.
  return run.main.signalGroup(0) === 'ESRCH' ? 0 : census.membersOfGroup(run).length
}
