import { assertNever } from '../../lib/assert.ts'
import { formatDuration, never } from '../../lib/time.ts'
import { answers, ask, takeAnswer } from '../asking.ts'
import type { ProcessEvent } from '../events.ts'
import { watchdogOf } from '../launch.ts'
import type { Process, State } from '../process.ts'
import { beginStop } from '../stop.ts'
import { enter, since, type Turn } from '../turn.ts'
import { recordWish } from '../want.ts'
import { onRunEnded, says } from './alive.ts'
import { goDown } from './starting.ts'

type Running = Extract<State, { tag: 'running' }>
type Probed = Extract<ProcessEvent, { tag: 'probed' }>

/** Alive and, where it has a readiness check, past it. */
export function onRunning(turn: Turn, process: Process, state: Running, event: ProcessEvent): void {
  switch (event.tag) {
    case 'start':
    case 'reset':
      return void recordWish(turn, process, event)
    case 'stop':
    case 'restart':
    case 'delete':
      return goDown(turn, recordWish(turn, process, event), { state, event })
    case 'probed':
      return event.token.slot === 'ready'
        ? onReadiness(turn, process, { state, event })
        : onHealth(turn, process, { state, event, index: event.token.slot })
    case 'notified':
      if (event.message.tag !== 'watchdog') return says(turn, process, { state, message: event.message })
      return enter(turn, process, { ...state, watchdogAt: turn.world.now + watchdogOf(process, state.run) })
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

/** Later readiness: only who has not started yet cares. [RD6] */
function onReadiness(turn: Turn, process: Process, { state, event }: { state: Running; event: Probed }): void {
  const { ready } = process.spec
  if (ready?.tag !== 'check' || !answers(state.ready, event.token)) return
  const [verdict, answered] = takeAnswer(turn, state.ready, {
    check: ready.check,
    verdicts: event.verdicts,
    interval: ready.period ?? never,
    strict: true,
  })
  // One that is never asked again once it is ready is asked until then.
  const isAwaited = ready.period === null && !verdict.ok
  const asking = isAwaited ? { ...answered, nextAt: turn.world.now + ready.interval } : answered
  if (verdict.ok === state.isReady) return enter(turn, process, { ...state, ready: asking })
  const reason = verdict.ok
    ? since(turn, { tag: 'became-ready', detail: verdict.detail }, state.run.birth)
    : since(turn, { tag: 'no-longer-ready', last: verdict.detail }, state.run.birth)
  enter(turn, process, { ...state, isReady: verdict.ok, reason, ready: asking })
}

/** A monitor that fails is the process's death. [TR5] [PB1] */
function onHealth(
  turn: Turn,
  process: Process,
  { state, event, index }: { state: Running; event: Probed; index: number },
): void {
  const monitor = process.spec.monitors[index]
  const asking = state.monitors[index]
  if (monitor === undefined || !answers(asking, event.token)) return
  const { check, period, name } = monitor
  const [verdict, next] = takeAnswer(turn, asking, { check, verdicts: event.verdicts, interval: period, strict: false })
  if (verdict.ok) return enter(turn, process, { ...state, monitors: state.monitors.with(index, next) })
  const reason = since(turn, { tag: 'check-failed', process: process.spec.name, monitor: name, detail: verdict.detail })
  beginStop(turn, process, { run: state.run, reason })
}

function onDeadline(turn: Turn, process: Process, state: Running): void {
  const { now } = turn.world
  const { ready } = process.spec
  const { run } = state
  if (state.watchdogAt <= now) {
    const after = watchdogOf(process, run)
    return beginStop(turn, process, {
      run,
      reason: since(turn, { tag: 'watchdog-silent', process: process.spec.name, after }),
    })
  }
  const monitors = state.monitors.map((asking, slot) => {
    const check = process.spec.monitors[slot]?.check
    return asking.nextAt > now || check === undefined ? asking : ask(turn, process, { run, slot, check, asking })
  })
  const readiness =
    ready?.tag === 'check' && state.ready !== null && state.ready.nextAt <= now
      ? ask(turn, process, { run, slot: 'ready', check: ready.check, asking: state.ready })
      : state.ready
  const asked = { ...state, monitors, ready: readiness }
  if (state.readyAt > now) return enter(turn, process, asked)
  const reason = since(
    turn,
    { tag: 'became-ready', detail: `it has lived for ${formatDuration(now - run.since)}` },
    run.birth,
  )
  enter(turn, process, { ...asked, isReady: true, readyAt: never, reason })
}
