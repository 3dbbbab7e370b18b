import { isSame } from '../lib/same.ts'
import { never } from '../lib/time.ts'
import { binds } from './edges.ts'
import { isCircular, standingRun } from './conditions.ts'
import { unaskedState, watchdogOf } from './launch.ts'
import { groundIn, type Asking, type Ground, type Process, type Run, type State } from './process.ts'
import { firstAsking, readinessOf } from './readiness.ts'
import type { ProcessSpec, Readiness } from './spec.ts'
import { since, type Turn } from './turn.ts'

type Starting = Extract<State, { tag: 'starting' }>
type Running = Extract<State, { tag: 'running' }>
type Stopping = Extract<State, { tag: 'stopping' | 'stuck' }>

/**
 * The process under its new spec, where before it had the `old` one: what runs goes on, and so does what it waits for.
 * What only a new run can take over (its program, its environment, how it says that it is ready) counts from the next. [DE2]
 */
export function redeclared(turn: Turn, process: Process, old: ProcessSpec): Process {
  return { ...process, state: stateUnder(turn, { ...process, state: boundAnew(turn, process) }, old) }
}

function stateUnder(turn: Turn, process: Process, old: ProcessSpec): State {
  const { state } = process
  switch (state.tag) {
    case 'starting':
      return startingUnder(turn, { process, state, old })
    case 'running':
      return runningUnder(turn, { process, state, old })
    case 'stopping':
    case 'stuck':
      return stoppingUnder(turn, { process, state, old })
    case 'waiting':
      return { tag: 'waiting', reason: state.reason, hopeless: state.hopeless }
    case 'stopped':
    case 'preparing':
    case 'spawning':
    case 'delayed':
    case 'backoff':
    case 'failed':
    case 'completed':
      return state
  }
}

/** It stands on those that it is bound to by now; where a new one is up, on its present run. */
function boundAnew({ world }: Turn, process: Process): State {
  const { state, spec, jobs } = process
  const old = groundIn(state)
  const mayBind = jobs.length === 0 && state.tag !== 'stopping' && state.tag !== 'stuck'
  const ground = new Map<string, number>()
  for (const edge of spec.edges) {
    if (!binds(edge)) continue
    const isNew = mayBind && !isCircular(world, spec.name, edge.to)
    const run = old.get(edge.to) ?? (isNew ? standingRun(world, edge.to) : null)
    if (run !== null) ground.set(edge.to, run)
  }
  return isSame(ground, old) ? state : standingOn(state, ground)
}

function standingOn(state: State, standsOn: Ground): State {
  if (state.tag === 'spawning') return { ...state, standsOn }
  return 'run' in state ? { ...state, run: { ...state.run, standsOn } } : state
}

interface Change<S> {
  readonly process: Process
  readonly state: S
  readonly old: ProcessSpec
}

function startingUnder(turn: Turn, { process, state, old }: Change<Starting>): State {
  const { now } = turn.world
  const { spec } = process
  const ready = readinessOf(spec, state.run)
  if (ready === null || ready.tag === 'elapsed') return unaskedState(turn, process, { run: deaf(state), ready })
  const deadline = Math.max(now, state.deadline + spec.startTimeout - old.startTimeout)
  if (isSame(ready, readinessOf(old, state.run))) return { ...state, deadline }
  const run = deaf(state)
  const asking = ready.tag === 'check' ? firstAsking(ready.check, run, { at: now, interval: ready.interval }) : null
  return { ...state, run, deadline, ready: asking }
}

/** The new stop timeout counts from the stop signal; whom SIGKILL has not reached, for it was not for them, it reaches now. */
function stoppingUnder(turn: Turn, { process, state, old }: Change<Stopping>): State {
  const { now } = turn.world
  const { stop } = process.spec
  if (state.tag === 'stopping' && state.phase.tag === 'draining') return state
  if (state.tag === 'stopping' && state.phase.tag === 'asked') {
    return { ...state, phase: { ...state.phase, killAt: Math.max(now, state.phase.at + stop.timeout) } }
  }
  if (old.stop.mode !== 'process' || stop.mode === 'process') return state
  const after = state.tag === 'stuck' ? state.after : state.phase.tag === 'killed' ? state.phase.after : 0
  const reason = state.tag === 'stuck' ? (state.reason.because ?? state.reason) : state.reason
  const { run, exit } = state
  return { tag: 'stopping', reason, run, exit, phase: { tag: 'asked', at: now - after, killAt: now } }
}

function runningUnder(turn: Turn, { process, state, old }: Change<Running>): State {
  const { spec } = process
  const ready = readinessOf(spec, state.run)
  const sameReadiness = spec.oneshot === old.oneshot && isSame(ready, readinessOf(old, state.run))
  const sameMonitors = isSame(spec.monitors, old.monitors)
  if (sameReadiness && sameMonitors) return state
  const run = deaf(state)
  const watched = {
    ...state,
    run,
    monitors: sameMonitors ? state.monitors : monitorsUnder(turn, { process, state, old }),
  }
  return sameReadiness ? watched : readyUnder(turn, { process, state: { ...watched, run }, old }, ready)
}

/** It is as ready as it was until the new way to know says otherwise; where there is none, it is ready. */
function readyUnder(turn: Turn, { process, state }: Change<Running>, ready: Readiness | null): Running {
  const { now } = turn.world
  const { run } = state
  const { oneshot } = process.spec
  const silence = Number.isFinite(state.watchdogAt) ? state.watchdogAt : now + watchdogOf(process, run)
  const watchdogAt = watchdogOf(process, run) === never ? never : silence
  const kept: Running = { ...state, ready: null, readyAt: never, watchdogAt }
  switch (ready?.tag) {
    case 'check': {
      const isAsked = !state.isReady || ready.period !== null
      const asking = firstAsking(ready.check, run, { at: isAsked ? now : never, interval: ready.interval })
      return { ...kept, ready: asking }
    }
    case 'elapsed':
      return state.isReady ? kept : { ...kept, readyAt: Math.max(now, run.since + ready.after) }
    case 'notify':
    case undefined: {
      const isReady = ready !== null || !oneshot
      if (!isReady || state.isReady) return { ...kept, isReady }
      const reason = since(turn, { tag: 'became-ready', detail: 'nothing more is asked of it' }, run.birth)
      return { ...kept, isReady, reason }
    }
  }
}

/** Monitors that were there before go on with what they remember; new ones begin one period from now. [RD4] */
function monitorsUnder(turn: Turn, { process, state, old }: Change<Running>): Asking[] {
  const { now } = turn.world
  const run = deaf(state)
  return process.spec.monitors.map((monitor) => {
    const asking = state.monitors[old.monitors.findIndex((other) => isSame(other, monitor))]
    if (asking === undefined)
      return firstAsking(monitor.check, run, { at: now + monitor.period, interval: monitor.period })
    return { ...asking, attempt: run.askings, inFlight: false, nextAt: asking.inFlight ? now : asking.nextAt }
  })
}

/** The run, which no longer hears the answers to what was asked of it so far. */
function deaf(state: Starting | Running): Run {
  const askings = [state.ready, ...(state.tag === 'running' ? state.monitors : [])]
  const attempts = askings.map((asking) => asking?.attempt ?? 0)
  return { ...state.run, askings: Math.max(state.run.askings, ...attempts) }
}
