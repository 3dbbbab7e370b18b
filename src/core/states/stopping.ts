import { assertNever } from '../../lib/assert.ts'
import type { Millis } from '../../lib/time.ts'
import { afterAttempt, type End } from '../after.ts'
import type { ProcessEvent } from '../events.ts'
import type { Aftermath, Process, State } from '../process.ts'
import type { Reason } from '../reason.ts'
import { beginCleanUp, giveUp, kill } from '../stop.ts'
import { enter, type Turn } from '../turn.ts'
import { recordWish } from '../want.ts'
import { says } from './alive.ts'

type Ending = Extract<State, { tag: 'stopping' | 'stuck' }>
type Of<Tag> = Extract<ProcessEvent, { tag: Tag }>

/** Going down: `stopping`, or `stuck` when SIGKILL was not enough. It is over when nothing is left, and not before. */
export function onStopping(turn: Turn, process: Process, state: Ending, event: ProcessEvent): void {
  switch (event.tag) {
    case 'reset':
      return void recordWish(turn, process, event)
    case 'start':
    case 'stop':
    case 'restart':
    case 'delete': {
      const wished = recordWish(turn, process, event)
      const next = { ...state, reason: lastIntent(wished, state) }
      enter(turn, wished, next)
      return event.tag !== 'start' && event.force && next.tag === 'stopping' ? kill(turn, wished, next) : undefined
    }
    case 'exited':
      return onMainEnded(turn, process, { state, event })
    case 'gone':
      return finish(turn, process, { state, killed: event.killed })
    case 'deadline':
      return state.tag === 'stopping' ? onDeadline(turn, process, state) : undefined
    case 'notified':
      return says(turn, process, { state, message: event.message })
    case 'spawned':
    case 'spawn-failed':
    case 'probed':
      return // Nobody waits for it any more.
    default:
      return assertNever(event)
  }
}

/** The last word decides what comes after the stop, whatever it began with. [TR9] */
function lastIntent({ want }: Process, { reason }: Ending): Reason {
  const because = reason.tag === 'asked' ? reason.because : reason
  return because === undefined ? want.reason : { ...want.reason, because }
}

function onMainEnded(turn: Turn, process: Process, { state, event }: { state: Ending; event: Of<'exited'> }): void {
  const ref = { process: process.id, run: state.run.n }
  // Who took the run back hears of its end again, and may no longer learn how it was.
  const exit = state.exit ?? event.exit
  const ended = { ...process, exit }
  if (event.left === 0) return finish(turn, ended, { state: { ...state, exit }, killed: event.killed ?? [] })
  const isUnsignalled = state.tag === 'stopping' && state.phase.tag === 'draining'
  if (state.exit !== null && process.spec.stop.mode !== 'process' && !isUnsignalled) return
  if (process.spec.stop.mode === 'process') {
    turn.effects.push({ tag: 'release', ref })
    const aftermath: Aftermath = { after: killedAfter(state) ?? 0, killed: [], leftBehind: event.left }
    return afterAttempt(turn, { ...ended, aftermath }, endOf({ ...state, exit }))
  }
  if (state.tag === 'stuck' || state.phase.tag === 'killed') return enter(turn, ended, { ...state, exit })
  if (state.phase.tag === 'draining') {
    return beginCleanUp(turn, ended, { run: state.run, reason: state.reason, exit })
  }
  const signal = process.spec.stop.mode === 'mixed' ? 'SIGKILL' : process.spec.stop.signal
  turn.effects.push({ tag: 'signal', ref, signal, scope: 'group' })
  enter(turn, ended, { ...state, exit })
}

/** Nothing is left of the run: what had to be killed goes on record, and what comes next is decided. [ST4] */
function finish(turn: Turn, process: Process, over: { state: Ending; killed: Aftermath['killed'] }): void {
  const { run, exit } = over.state
  const after = killedAfter(over.state)
  const mainWasKilled = after !== null && exit?.tag === 'signal' && exit.signal === 'SIGKILL'
  const main = mainWasKilled ? [{ pid: run.pid, command: process.spec.command?.join(' ') ?? '' }] : []
  const killed = [...main, ...over.killed]
  const aftermath: Aftermath | null = killed.length === 0 ? null : { after: after ?? 0, killed, leftBehind: 0 }
  afterAttempt(turn, { ...process, aftermath }, endOf(over.state))
}

/** A life ends when it is decided that it goes down, not when the last of what it left behind is gone. */
function endOf({ reason, run, exit }: Ending): End {
  // Being stuck is not why it went down.
  const cause = reason.tag === 'survived-kill' ? (reason.because ?? reason) : reason
  return { cause, exit, lived: cause.at - run.since }
}

/** How long after the stop signal SIGKILL was sent; null when it was not. */
function killedAfter(state: Ending): Millis | null {
  if (state.tag === 'stuck') return state.after
  return state.phase.tag === 'killed' ? state.phase.after : null
}

/** The stop timeout has passed, or the patience after SIGKILL. [ST3] [ST6] */
function onDeadline(turn: Turn, process: Process, state: Extract<State, { tag: 'stopping' }>): void {
  if (state.phase.tag === 'killed') giveUp(turn, process, { ...state, after: state.phase.after })
  else kill(turn, process, state)
}
