import { liveRun, type Process, type State } from './process.ts'
import type { HookEvent } from './spec.ts'
import type { Transition } from './transitions.ts'

/** What a transition is to those who have hooks, in the order in which it happened. [HK1] */
export function hookEventsOf(transition: Transition): HookEvent[] {
  const events: readonly (readonly [HookEvent, boolean])[] = [
    ['unhealthy', becameUnhealthy(transition)],
    ['exit', runBefore(transition) !== null && runBefore(transition) !== runAfter(transition)],
    ['failure', enters(transition, 'failed')],
    ['backoff', enters(transition, 'backoff')],
    ['stop', cameToRest(transition)],
    ['restart', isReplacement(transition) || isAskedRestart(transition)],
    ['start', runAfter(transition) !== null && runAfter(transition) !== runBefore(transition)],
    ['ready', transition.becameReady],
  ]
  return events.flatMap(([event, happened]) => (happened ? [event] : []))
}

/** Whether a new run begins in place of one that fell: a restart that nobody has asked for. */
export function isReplacement(transition: Transition): boolean {
  return isLaunch(transition) && transition.process.revives
}

/** Whoever asks for a restart has it counted at once; that of one that fell is counted when it has been spawned. */
function isAskedRestart({ before, process, to }: Transition): boolean {
  if (before === null || to === null || before.state.tag === 'spawning') return false
  return process.restarts > before.restarts
}

function isLaunch({ before, process, to }: Transition): boolean {
  return to !== null && process.state.tag === 'spawning' && before?.runs !== process.runs
}

/** A check of its own has failed, its watchdog was silent, or it is no longer ready. */
function becameUnhealthy({ before, process, to }: Transition): boolean {
  const [then, now] = [before?.state, process.state]
  if (then === undefined || to === null) return false
  if (now.tag === 'stopping') return then.tag !== 'stopping' && isIllness(now, process)
  return isReady(then) && now.tag === 'running' && !now.isReady && liveRun(then)?.n === now.run.n
}

function isIllness({ reason }: State, { spec }: Process): boolean {
  return (reason.tag === 'check-failed' || reason.tag === 'watchdog-silent') && reason.process === spec.name
}

function isReady(state: State): boolean {
  return state.tag === 'running' && state.isReady
}

function enters({ from, to }: Transition, status: Transition['to']): boolean {
  return to === status && from !== status
}

/** It stays down because somebody wants that; what was new has not come to rest. */
function cameToRest({ from, to }: Transition): boolean {
  return from !== null && from !== 'stopped' && (to === 'stopped' || to === null)
}

function runBefore({ before }: Transition): number | null {
  return before === null ? null : (liveRun(before.state)?.n ?? null)
}

function runAfter({ process, to }: Transition): number | null {
  return to === null ? null : (liveRun(process.state)?.n ?? null)
}
