import { never, type Instant } from '../lib/time.ts'
import { freshMemory, type Check } from './check.ts'
import { groundOf } from './conditions.ts'
import { finishJob } from './jobs.ts'
import type { Asking, Caller, Process, Run, State } from './process.ts'
import type { Reason } from './reason.ts'
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
  const oneshot = named(turn.world, prerun)
  if (oneshot === undefined)
    throw new Error(`prerun ${prerun} of ${process.spec.name} does not exist: the config lets none through`)
  addJob(turn, oneshot, { tag: 'prerun', owner: process.spec.name, attempt: process.runs + 1, index })
}

/** Gives a oneshot one more run to do. It starts when the ones before are over; a run that is on its way does not count. */
export function addJob(turn: Turn, process: Process, caller: Caller): void {
  put(turn, { ...process, jobs: [...process.jobs, { caller, after: process.runs }] })
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
    state: { tag: 'spawning', reason, n, standsOn: groundOf(turn.world, process) },
  })
  turn.effects.push({ tag: 'spawn', ref: { process: process.id, run: n }, spec: process.spec })
}

/** Why the attempt was begun; its preruns are only on the way. */
function reasonToStart({ state }: Process): Reason {
  return state.tag === 'preparing' ? (state.reason.because ?? state.reason) : state.reason
}

/** The state of a run whose `execve` has succeeded. [RD2] */
export function bornState(
  turn: Turn,
  process: Process,
  born: Pick<Run, 'n' | 'pid' | 'startTime' | 'standsOn'>,
): State {
  const { now } = turn.world
  const birth = since(turn, { tag: 'spawned' }, process.state.reason)
  const run: Run = { ...born, since: now, birth, says: null }
  const { ready, startTimeout, oneshot } = process.spec
  if (ready === null) return runningState(turn, process, { run, isReady: !oneshot, ready: null })
  const reason = since(turn, { tag: 'not-ready-yet', last: null }, birth)
  const asking = ready.tag === 'check' ? firstAsking(ready.check, { at: now, interval: ready.interval }) : null
  return { tag: 'starting', reason, run, deadline: now + startTimeout, ready: asking }
}

/** The state of a run that has become ready, with all its monitors. [RD4] */
export function runningState(
  turn: Turn,
  process: Process,
  from: { run: Run; isReady: boolean; ready: Asking | null; detail?: string },
): State {
  const { now } = turn.world
  const { ready, monitors } = process.spec
  const { birth } = from.run
  const reason = from.detail === undefined ? birth : since(turn, { tag: 'became-ready', detail: from.detail }, birth)
  return {
    tag: 'running',
    reason,
    run: from.run,
    isReady: from.isReady,
    ready: from.ready,
    monitors: monitors.map((monitor) =>
      firstAsking(monitor.check, { at: now + monitor.period, interval: monitor.period }),
    ),
    watchdogAt: ready?.tag === 'notify' && ready.watchdog !== null ? now + ready.watchdog : never,
  }
}

function firstAsking(check: Check, { at, interval }: { at: Instant; interval: number }): Asking {
  return { attempt: 0, inFlight: false, nextAt: at, interval, memory: freshMemory(check), last: null }
}
