import { never, type Millis } from '../lib/time.ts'
import { groundOf } from './conditions.ts'
import { failJobs, finishJob } from './jobs.ts'
import { isLeaving, type Asking, type Caller, type Process, type Run, type State } from './process.ts'
import { firstAsking, readinessOf } from './readiness.ts'
import type { Reason } from './reason.ts'
import type { Readiness } from './spec.ts'
import { enter, put, since, type Turn } from './turn.ts'
import { named } from './world.ts'

/** Begins an attempt: its preruns, one after the other, then the process itself. [RD1] [SP6] */
export function beginAttempt(turn: Turn, process: Process): void {
  if (process.spec.prerun.length === 0) return launch(turn, process)
  callPrerun(turn, process, 0)
}

/** The prerun at `index` of this attempt is over: the next one, or, when all are, the process itself. */
export function afterPrerun(turn: Turn, process: Process, index: number): void {
  if (index + 1 < process.spec.prerun.length) return callPrerun(turn, process, index + 1)
  enter(turn, process, { tag: 'preparing', reason: process.state.reason, index: index + 1 })
}

function callPrerun(turn: Turn, process: Process, index: number): void {
  const prerun = process.spec.prerun[index] ?? ''
  const reason = since(turn, { tag: 'prerun-running', prerun }, reasonToStart(process))
  enter(turn, process, { tag: 'preparing', reason, index })
  const caller: Caller = { tag: 'prerun', owner: process.spec.name, attempt: process.runs + 1, index }
  const oneshot = named(turn.world, prerun)
  if (oneshot === undefined || !oneshot.spec.oneshot) turn.outcomes.push({ caller, name: prerun, outcome: 'failed' })
  else addJob(turn, oneshot, caller)
}

/** Gives a oneshot one more run to do. It starts when the ones before are over; a run that is on its way does not count. */
export function addJob(turn: Turn, process: Process, caller: Caller): void {
  const called = { ...process, jobs: [...process.jobs, { caller, after: process.runs }] }
  if (isLeaving(process)) failJobs(turn, called)
  else put(turn, called)
}

/** Spawns it; a task without a program is over as soon as its preruns are. [SP7] */
export function launch(turn: Turn, process: Process): void {
  const { now } = turn.world
  const n = process.runs + 1
  const reason = reasonToStart(process)
  if (process.spec.command === null) {
    const state = { tag: 'completed', reason: since(turn, { tag: 'spawned' }, reason) } as const
    return finishJob(turn, { ...process, runs: n, state }, { run: n, outcome: 'done' })
  }
  const starts = [...process.starts.filter((at) => at > now - (process.spec.startLimit?.interval ?? 0)), now]
  put(turn, {
    ...process,
    runs: n,
    starts,
    aftermath: null,
    state: {
      tag: 'spawning',
      reason,
      n,
      standsOn: groundOf(turn.world, process),
      promised: process.spec.ready?.tag === 'notify' ? process.spec.ready : null,
      doom: null,
    },
  })
  turn.effects.push({ tag: 'spawn', ref: { process: process.id, run: n }, spec: process.spec })
}

/** Why the attempt was begun; its preruns are only on the way. */
export function reasonToStart({ state }: Process): Reason {
  return state.tag === 'preparing' ? (state.reason.because ?? state.reason) : state.reason
}

/** The state of a run whose `execve` has succeeded. [RD2] */
export function bornState(
  turn: Turn,
  process: Process,
  born: Pick<Run, 'n' | 'pid' | 'startTime' | 'standsOn' | 'promised' | 'takenBackAt'>,
): State {
  const { now } = turn.world
  const birth = since(turn, { tag: 'spawned' }, process.state.reason)
  const run: Run = { ...born, since: now, birth, says: null, askings: 0 }
  const ready = readinessOf(process.spec, run)
  if (ready === null || ready.tag === 'elapsed') return unaskedState(turn, process, { run, ready })
  const reason = since(turn, { tag: 'not-ready-yet', last: null }, birth)
  const asking = ready.tag === 'check' ? firstAsking(ready.check, run, { at: now, interval: ready.interval }) : null
  return { tag: 'starting', reason, run, deadline: now + process.spec.startTimeout, ready: asking }
}

/** The state of a run whose readiness nobody asks for: it is ready at once, or when it has lived so long. [RD2] [DE15] */
export function unaskedState(
  turn: Turn,
  process: Process,
  { run, ready }: { run: Run; ready: Extract<Readiness, { tag: 'elapsed' }> | null },
): Running {
  if (ready === null) return runningState(turn, process, { run, isReady: !process.spec.oneshot, ready: null })
  const readyAt = run.since + ready.after
  const isReady = readyAt <= turn.world.now
  return { ...runningState(turn, process, { run, isReady, ready: null }), readyAt: isReady ? never : readyAt }
}

/** The state of a run that has become ready, with all its monitors. [RD4] */
export function runningState(
  turn: Turn,
  process: Process,
  from: { run: Run; isReady: boolean; ready: Asking | null; reason?: Reason },
): Running {
  const { now } = turn.world
  const { run, isReady, ready, reason = run.birth } = from
  const monitors = process.spec.monitors.map(({ check, period }) =>
    firstAsking(check, run, { at: now + period, interval: period }),
  )
  const watchdogAt = now + watchdogOf(process, run)
  return { tag: 'running', reason, run, isReady, ready, readyAt: never, monitors, watchdogAt }
}

/** How long this run may be silent. */
export function watchdogOf({ spec }: Process, run: Run): Millis {
  const ready = readinessOf(spec, run)
  return ready?.tag === 'notify' ? (ready.watchdog ?? never) : never
}

type Running = Extract<State, { tag: 'running' }>
