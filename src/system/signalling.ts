import { signalNumber, type SignalName } from '../lib/signals.ts'
import type { Census } from './census.ts'
import type { SignalScope } from './ports.ts'
import { signalIfSame } from './process.ts'
import { readCommand, type ProcessStat } from './procfs.ts'
import type { Run } from './run.ts'

const kill = signalNumber('SIGKILL')
const cont = signalNumber('SIGCONT')
/** A stopped process obeys no other signal before it is continued: [PR18]. */
const notFollowed: ReadonlySet<number> = new Set([kill, cont, signalNumber('SIGSTOP'), signalNumber('SIGTSTP')])
/** How often a run is gone through at once: whoever forks faster than that is met again at the next look. */
const passes = 10

/** Sends signals to runs and their members, and to nobody else. */
export interface Signaller {
  send(run: Run, order: { readonly signal: SignalName; readonly scope: SignalScope }): void
  /** Sends the signal of its sweep to those of a run who have not had it. Returns whether there were any. */
  sweep(run: Run, orphans?: readonly number[]): boolean
}

/** @param log told of signals that were not permitted */
export function createSignaller({
  census,
  log,
}: {
  readonly census: Census
  readonly log: (text: string) => void
}): Signaller {
  function send(run: Run, { signal, scope }: { readonly signal: SignalName; readonly scope: SignalScope }): void {
    const number = signalNumber(signal)
    switch (scope) {
      case 'main':
        if (run.phase.tag === 'running') toMain(run, number)
        return
      case 'group':
        // Without its main process a run is whatever is left of it.
        if (run.phase.tag === 'running') return toGroup(run, number)
        return begin(run, number)
      case 'everything':
        return begin(run, number)
    }
  }

  function toMain({ main }: Run, number: number): void {
    report(main.pid, main.signal(number))
    globalThis.crashPoint?.('signal: half')
    if (!notFollowed.has(number)) main.signal(cont)
  }

  /** In one call of the kernel, so that nobody forks away from under it. */
  function toGroup(run: Run, number: number): void {
    // Not only for the report: who is met below the main process now is known later, when its parents are gone.
    const members = census.members(run, number === kill ? undefined : [])
    if (number === kill) for (const member of members) if (member.group === run.group) note(run, member)
    report(run.pid, run.main.signalGroup(number))
    globalThis.crashPoint?.('signal: half')
    if (!notFollowed.has(number)) run.main.signalGroup(cont)
  }

  function begin(run: Run, number: number): void {
    run.sweep = { signal: number, reached: new Map() }
    if (run.phase.tag === 'running') {
      // Those of the group get it together, as with `group`: what is left for the sweep are the escapees.
      for (const member of census.members(run))
        if (member.group === run.group) run.sweep.reached.set(member.pid, member.startTime)
      toGroup(run, number)
    }
    sweep(run)
  }

  function sweep(run: Run, orphans?: readonly number[]): boolean {
    if (run.sweep === null) return false
    const { signal, reached } = run.sweep
    for (let pass = 0; pass < passes; pass++) {
      const missed = membersOf(run, pass === 0 ? orphans : undefined).filter(
        (member) => reached.get(member.pid) !== member.startTime,
      )
      for (const member of missed) {
        reached.set(member.pid, member.startTime)
        if (signal === kill) note(run, member)
        report(member.pid, signalIfSame(member, signal))
        globalThis.crashPoint?.('signal: half')
        if (!notFollowed.has(signal)) signalIfSame(member, cont)
      }
      if (missed.length === 0) return pass > 0
    }
    return true
  }

  function membersOf(run: Run, orphans?: readonly number[]): readonly ProcessStat[] {
    const members = census.members(run, orphans)
    if (members.length > 0 || run.main.signalGroup(0) === 'ESRCH') return members
    return census.membersOfGroup(run)
  }

  function note(run: Run, { pid }: ProcessStat): void {
    if (pid !== run.pid) run.killed.set(pid, { pid, command: readCommand(pid) })
  }

  function report(pid: number, refused: string | null): void {
    if (refused !== null && refused !== 'ESRCH') log(`could not signal process ${pid}: ${refused}`)
  }

  return { send, sweep }
}
