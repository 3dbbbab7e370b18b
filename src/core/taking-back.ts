import type { Instant, Millis } from '../lib/time.ts'
import { afterAttempt } from './after.ts'
import { probesOf } from './check.ts'
import { binds } from './edges.ts'
import type { Asking, Process, Run, State, StopPhase } from './process.ts'
import { readinessOf } from './readiness.ts'
import type { ProcessSpec, Readiness } from './spec.ts'
import { dispatch } from './step.ts'
import { since, turnOf } from './turn.ts'
import { restoreWorld, type WorldSettings } from './world.ts'

/**
 * Makes a process as a store has kept it fit to go on under a new supervisor, in `restoreWorld`.
 *
 * `alive`: its run was found, or has ended and its `exited` will be dispatched. It goes on as it was. Nobody answers what
 * was asked of it, so it is asked anew; what it may have said when nobody listened is not held against it.
 * `lost`: nobody knows its run any more (another boot; a spawn that was never recorded): as after an end, now, of which
 * nobody knows how it was, under its policy.
 *
 * A process of which nothing is alive goes on by its deadlines, whatever was found.
 */
export function afterTakingBack(process: Process, now: Instant, found: 'alive' | 'lost'): Process {
  return found === 'lost' ? lost(process, now) : { ...process, state: takenBack(process, now) }
}

const alone: WorldSettings = {
  prologue: [],
  shutdownMax: 0,
  endsWhenDone: false,
  mayEnd: false,
  flap: null,
  groups: new Map(),
}

/** As after an end that was not its fault: neither flap detection nor a budget counts it. */
function lost(process: Process, now: Instant): Process {
  const { spec, flap, falls } = process
  const blameless: Process = { ...process, spec: { ...spec, flapDetection: 'off', restartBudget: null } }
  return { ...ended(blameless, now), spec, flap, falls }
}

/**
 * Gives a run that was spawned and never recorded the ground that it stands on: it was started on the present runs of
 * what it is bound to, for had one of them gone down since, it would have been told to go. [TR3]
 * @param others all processes by name, as they are taken back
 */
export function grounded(process: Process, others: ReadonlyMap<string, Process>): Process {
  const { state, spec } = process
  if (state.tag !== 'spawning') return process
  const standsOn = new Map(state.standsOn)
  for (const edge of spec.edges) {
    const other = others.get(edge.to)
    if (other !== undefined && binds(edge)) standsOn.set(edge.to, other.runs)
  }
  return { ...process, state: { ...state, standsOn } }
}

/** In a world of its own: what its policy says depends on nobody else. */
function ended(process: Process, now: Instant): Process {
  const { state, id } = process
  const turn = turnOf(restoreWorld([process], alone, now), {
    at: now,
    dice: 0.5,
  })
  const exit = { tag: 'unknown' } as const
  if ('run' in state) {
    dispatch(turn, process, { tag: 'exited', run: state.run.n, exit, left: 0 })
  } else if (state.tag === 'spawning') {
    const cause = state.doom ?? since(turn, { tag: 'exited', process: process.spec.name, exit, lived: 0 }, state.reason)
    // Each number of a run that replaces one counts as a restart, also where nobody knows whether it came to run.
    const restarts = process.restarts + (process.revives ? 1 : 0)
    afterAttempt(turn, { ...process, restarts }, { cause, exit, lived: 0 })
  }
  return turn.world.processes.get(id) ?? process
}

function takenBack(process: Process, now: Instant): State {
  const { state, spec } = process
  switch (state.tag) {
    case 'starting':
      return startingAgain(spec, state, now)
    case 'running':
      return runningAgain(spec, state, now)
    case 'stopping':
      return { ...state, run: takenBackAt(state.run, now), phase: phaseAgain(state.phase, now) }
    case 'stuck':
      return { ...state, run: takenBackAt(state.run, now) }
    case 'stopped':
    case 'waiting':
    case 'preparing':
    case 'spawning':
    case 'delayed':
    case 'backoff':
    case 'failed':
    case 'completed':
      return state
  }
}

/** With what is left of its start timeout, but with time for one answer; what it said by socket may be lost. [DE12] */
function startingAgain(spec: ProcessSpec, state: Extract<State, { tag: 'starting' }>, now: Instant): State {
  const run = takenBackAt(state.run, now)
  const ready = readinessOf(spec, run)
  const isLost = ready?.tag === 'notify' && ready.via === 'socket'
  const deadline = isLost ? now + spec.startTimeout : Math.max(state.deadline, now + patienceFor(ready))
  if (ready?.tag !== 'check' || state.ready === null) return { ...state, run, deadline }
  return { ...state, run, deadline, ready: { ...askedAnew(state.ready, now), interval: ready.interval } }
}

/** How long it may take to learn that it has become ready meanwhile. */
function patienceFor(ready: Readiness | null): Millis {
  if (ready?.tag !== 'check') return shortly
  return ready.interval + Math.max(...probesOf(ready.check).map(({ timeout }) => timeout))
}

const shortly: Millis = 1000

function runningAgain(spec: ProcessSpec, state: Extract<State, { tag: 'running' }>, now: Instant): State {
  const run = takenBackAt(state.run, now)
  const ready = readinessOf(spec, run)
  const silence = ready?.tag === 'notify' ? (ready.watchdog ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  return {
    ...state,
    run,
    ready: state.ready === null || isOver(state.ready) ? state.ready : askedAnew(state.ready, now),
    monitors: state.monitors.map((asking) => (asking.inFlight ? askedAnew(asking, now) : inTime(asking, now))),
    watchdogAt: now + silence,
  }
}

/** It was asked until it passed, and is not asked again. */
function isOver({ inFlight, nextAt }: Asking): boolean {
  return !inFlight && nextAt === Number.POSITIVE_INFINITY
}

function askedAnew(asking: Asking, now: Instant): Asking {
  return { ...asking, inFlight: false, nextAt: now }
}

function inTime(asking: Asking, now: Instant): Asking {
  return { ...asking, nextAt: Math.max(asking.nextAt, now) }
}

/**
 * Signals that were decided by `obeyed` have been sent; a stop signal of later, perhaps not. It will be sent, with all of
 * the stop timeout behind it. [TB21]
 */
export function signalledUntil(process: Process, obeyed: Instant): Process {
  const { state } = process
  if (state.tag !== 'stopping' || state.phase.tag !== 'asked' || state.phase.at <= obeyed) return process
  return { ...process, state: { ...state, phase: { tag: 'draining' } } }
}

/** Whether the last signal was sent before the supervisor fell is not known: a SIGKILL does no harm twice. */
function phaseAgain(phase: StopPhase, now: Instant): StopPhase {
  switch (phase.tag) {
    case 'draining':
      return phase
    case 'asked':
      return { ...phase, killAt: Math.max(phase.killAt, now) }
    case 'killed':
      return { tag: 'asked', at: now - phase.after, killAt: now }
  }
}

function takenBackAt(run: Run, now: Instant): Run {
  return { ...run, takenBackAt: now }
}
