import packageJson from '../../package.json' with { type: 'json' }
import { explain, explainAftermath } from '../core/explain.ts'
import { isAlive, liveRun } from '../core/process.ts'
import type { Actor, Reason } from '../core/reason.ts'
import type { Transition } from '../core/transitions.ts'
import type { World } from '../core/world.ts'
import type { Change } from '../store/recorder.ts'
import type { JournalEntry } from '../store/store.ts'
import type { EventView } from '../wire/declare.ts'

/** An entry that is not numbered yet. */
export type Entry = Omit<JournalEntry, 'id'>

/** What the journal is told that no step of the world says. */
export interface Told {
  /** null: the supervisor itself. */
  readonly process: string | null
  readonly kind: 'asked' | 'config' | 'supervisor' | 'note'
  readonly reason: string
  /** `stop by root`. */
  readonly by?: string | null
}

/** An entry of the journal as clients see it. */
export function eventView({ at, restarts, ...entry }: JournalEntry): EventView {
  return { ...entry, at: new Date(at).toISOString(), restart_count: restarts }
}

/** The entry for what was told. */
export function toldEntry({ process, kind, reason, by }: Told, at: number): Entry {
  return { ...blank, at, process, kind, reason, by: by ?? null }
}

/**
 * What one step is in the journal: every transition, what an end had to kill, and what became of the whole. [WH11]
 * @param at wall clock time
 */
export function entriesOf({ before, after, transitions }: Change, at: number): Entry[] {
  return [
    ...beginEntries(before, after, at),
    ...transitions.flatMap((transition) => [entryOf(transition, at), ...killedEntries(transition, at)]),
    ...specialEntries(before, after, at),
    ...endEntries(before, after, at),
  ]
}

const blank = { from: null, to: null, run: 0, pid: null, restarts: 0, exit: null, because: null, by: null } as const

function entryOf({ process, from, to, becameReady, reason }: Transition, at: number): Entry {
  const { spec, state, runs, restarts, exit } = process
  return {
    at,
    process: spec.name,
    kind: from === to ? (becameReady ? 'ready' : 'note') : 'status',
    from,
    to,
    run: runs,
    pid: liveRun(state)?.pid ?? null,
    restarts,
    exit: isAlive(state) || exit === null || exit.tag === 'unknown' ? null : exitEntry(exit),
    reason: explain(reason),
    because: becauseText(reason),
    by: askedBy(reason),
  }
}

/** What is known only when the last of a run is gone. */
function killedEntries({ process, before }: Transition, at: number): Entry[] {
  const { aftermath, spec, runs, restarts } = process
  if (aftermath === null || aftermath === before?.aftermath) return []
  return [
    { ...blank, at, process: spec.name, kind: 'killed', run: runs, restarts, reason: explainAftermath(aftermath) },
  ]
}

/** What everything that follows in the same step comes of. */
function beginEntries(before: World, { phase }: World, at: number): Entry[] {
  const was = before.phase
  const wasUp = was.tag === 'idle' || was.tag === 'prologue' || was.tag === 'up'
  if (was.tag === 'idle' && phase.tag !== 'idle') {
    return [supervisorEntry(`coppice ${packageJson.version} begins, pid ${process.pid}`, phase.reason, at)]
  }
  // An end in which nothing had to go down is over in the same step.
  if (wasUp && (phase.tag === 'ending' || phase.tag === 'over')) {
    return [supervisorEntry(`goes down: ${explain(phase.reason)}`, phase.reason, at)]
  }
  const isForced = phase.tag === 'ending' && phase.forced && was.tag === 'ending' && !was.forced
  return isForced ? [supervisorEntry('forced: SIGKILL to everything that is left', phase.reason, at)] : []
}

function endEntries(before: World, { phase }: World, at: number): Entry[] {
  if (phase.tag !== 'over' || before.phase.tag === 'over') return []
  return [supervisorEntry(`over, exit code ${phase.code}`, phase.reason, at)]
}

function specialEntries(before: World, after: World, at: number): Entry[] {
  const held = after.specials.current
  if (held === null || before.specials.current?.stage === held.stage) return []
  const reason =
    held.stage === 'clearing'
      ? `called by ${held.call.by}: everything goes down first`
      : held.holds
        ? 'everything is down: it runs now'
        : `called by ${held.call.by}: it runs now`
  return [{ ...blank, at, process: held.call.name, kind: 'note', reason, by: held.call.by }]
}

function supervisorEntry(reason: string, cause: Reason, at: number): Entry {
  return { ...blank, at, process: null, kind: 'supervisor', reason, by: askedBy(cause) }
}

function exitEntry(exit: { tag: 'code'; code: number } | { tag: 'signal'; signal: string }): JournalEntry['exit'] {
  return exit.tag === 'code' ? { code: exit.code } : { signal: exit.signal }
}

/** What led to it, with the name of the process that it is about, where that is another one. */
function becauseText(reason: Reason): string | null {
  if (reason.because === undefined) return null
  const text = explain(reason.because)
  const other = 'dependency' in reason ? reason.dependency : null
  return other === null || text.startsWith(`${other} `) ? text : `${other}: ${text}`
}

function askedBy(reason: Reason): string | null {
  return 'by' in reason && typeof reason.by === 'object' ? actorText(reason.by) : null
}

/** `stop by root`, or, where nobody knows by whom, `stop`. */
export function actorText({ verb, user }: Actor): string {
  return user === null ? verb : `${verb} by ${user}`
}
