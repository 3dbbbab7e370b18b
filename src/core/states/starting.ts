import { assertNever } from '../../lib/assert.ts'
import { never } from '../../lib/time.ts'
import { answers, ask, takeAnswer } from '../asking.ts'
import type { ProcessEvent } from '../events.ts'
import { runningState } from '../launch.ts'
import type { Asking, Process, State } from '../process.ts'
import { readinessOf } from '../readiness.ts'
import type { Fact } from '../reason.ts'
import { beginStop } from '../stop.ts'
import { enter, since, type Turn } from '../turn.ts'
import { recordWish } from '../want.ts'
import { onRunEnded, says } from './alive.ts'

type Starting = Extract<State, { tag: 'starting' }>

/** Alive, and not ready yet. */
export function onStarting(turn: Turn, process: Process, state: Starting, event: ProcessEvent): void {
  switch (event.tag) {
    case 'start':
    case 'reset':
      return void recordWish(turn, process, event)
    case 'stop':
    case 'restart':
    case 'delete': {
      const wished = recordWish(turn, process, event)
      return goDown(turn, wished, { state, event })
    }
    case 'probed':
      return onVerdict(turn, process, { state, event })
    case 'notified':
      if (event.message.tag !== 'ready' || !isToSaySo(process, state))
        return says(turn, process, { state, message: event.message })
      return enterRunning(turn, process, { state, fact: { tag: 'became-ready', detail: 'it said so' }, ready: null })
    case 'deadline':
      return onDeadline(turn, process, state)
    case 'exited':
      return onRunEnded(turn, process, { run: state.run, event })
    case 'spawned':
    case 'spawn-failed':
    case 'gone':
      return // Said once, before this state; or after it.
    default:
      return assertNever(event)
  }
}

/** A stop or a restart takes it down; the planner would, but it does not know of `force`. */
export function goDown(
  turn: Turn,
  process: Process,
  {
    state,
    event,
  }: { state: { run: Starting['run'] }; event: Extract<ProcessEvent, { tag: 'stop' | 'restart' | 'delete' }> },
): void {
  beginStop(turn, process, { run: state.run, reason: process.want.reason, force: event.force })
}

function onVerdict(
  turn: Turn,
  process: Process,
  { state, event }: { state: Starting; event: Extract<ProcessEvent, { tag: 'probed' }> },
): void {
  const { ready } = process.spec
  if (ready?.tag !== 'check' || event.token.slot !== 'ready' || !answers(state.ready, event.token)) return
  const interval = Math.min(ready.slowest, state.ready.interval * 1.5)
  const [verdict, asking] = takeAnswer(turn, state.ready, {
    check: ready.check,
    verdicts: event.verdicts,
    interval: state.ready.interval,
    strict: true,
  })
  if (!verdict.ok) {
    const reason = {
      ...since(turn, { tag: 'not-ready-yet', last: verdict.detail }, state.run.birth),
      at: state.reason.at,
    }
    return enter(turn, process, { ...state, reason, ready: { ...asking, interval } })
  }
  const nextAt = ready.period === null ? never : turn.world.now + ready.period
  const fact = { tag: 'became-ready', detail: verdict.detail } as const
  enterRunning(turn, process, { state, fact, ready: { ...asking, nextAt } })
}

function enterRunning(
  turn: Turn,
  process: Process,
  { state: { run }, fact, ready }: { state: Starting; fact: Fact; ready: Asking | null },
): void {
  const reason = since(turn, fact, run.birth)
  enter(turn, process, runningState(turn, process, { run, isReady: true, ready, reason }))
}

/** Whether this run was told to say that it is ready, and that is what is waited for. */
function isToSaySo({ spec }: Process, { run }: Starting): boolean {
  return readinessOf(spec, run)?.tag === 'notify'
}

function onDeadline(turn: Turn, process: Process, state: Starting): void {
  if (turn.world.now >= state.deadline) {
    const { takenBackAt } = state.run
    if (takenBackAt !== null && state.run.promised?.via === 'socket' && isToSaySo(process, state)) {
      const fact = { tag: 'assumed-ready', after: turn.world.now - takenBackAt } as const
      return enterRunning(turn, process, { state, fact, ready: null })
    }
    const last = state.ready?.last ?? null
    const reason = since(turn, { tag: 'start-timeout', after: process.spec.startTimeout, last })
    return beginStop(turn, process, { run: state.run, reason })
  }
  const { ready } = process.spec
  if (ready?.tag !== 'check' || state.ready === null) return
  const asking = ask(turn, process, { run: state.run, slot: 'ready', check: ready.check, asking: state.ready })
  enter(turn, process, { ...state, ready: asking })
}
