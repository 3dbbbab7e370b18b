import type { Millis } from '../lib/time.ts'
import type { CheckMemory } from './check.ts'
import type { Asking, Flap, Process, Run, State, StopPhase, Want } from './process.ts'
import type { Reason } from './reason.ts'

/**
 * The same process on a clock that shows `delta` more: after another boot the monotonic clock has begun anew. The
 * kernel's start time of a run is not of this clock, and stays.
 */
export function rebase(process: Process, delta: Millis): Process {
  return {
    ...process,
    want: wantAt(process.want, delta),
    state: stateAt(process.state, delta),
    starts: process.starts.map((at) => at + delta),
    flap: flapAt(process.flap, delta),
    falls: process.falls.map((at) => at + delta),
    nextPeriodic: process.nextPeriodic + delta,
    createdAt: process.createdAt + delta,
    since: process.since + delta,
  }
}

function wantAt(want: Want, delta: Millis): Want {
  return { ...want, reason: reasonAt(want.reason, delta) }
}

function flapAt(flap: Flap, delta: Millis): Flap {
  if (flap.tag === 'counting') return { ...flap, restarts: flap.restarts.map((at) => at + delta) }
  return { ...flap, countedAt: flap.countedAt + delta, endsAt: flap.endsAt + delta }
}

function stateAt(state: State, delta: Millis): State {
  const reason = reasonAt(state.reason, delta)
  switch (state.tag) {
    case 'stopped':
    case 'waiting':
    case 'preparing':
    case 'completed':
      return { ...state, reason }
    case 'spawning':
      return { ...state, reason, doom: state.doom === null ? null : reasonAt(state.doom, delta) }
    case 'starting':
      return {
        ...state,
        reason,
        run: runAt(state.run, delta),
        deadline: state.deadline + delta,
        ready: state.ready === null ? null : askingAt(state.ready, delta),
      }
    case 'running':
      return {
        ...state,
        reason,
        run: runAt(state.run, delta),
        ready: state.ready === null ? null : askingAt(state.ready, delta),
        readyAt: state.readyAt + delta,
        monitors: state.monitors.map((asking) => askingAt(asking, delta)),
        watchdogAt: state.watchdogAt + delta,
      }
    case 'stopping':
      return { ...state, reason, run: runAt(state.run, delta), phase: phaseAt(state.phase, delta) }
    case 'delayed':
    case 'backoff':
      return { ...state, reason, until: state.until + delta }
    case 'failed':
      return { ...state, reason, retryAt: state.retryAt + delta }
    case 'stuck':
      return { ...state, reason, run: runAt(state.run, delta) }
  }
}

function runAt(run: Run, delta: Millis): Run {
  const takenBackAt = run.takenBackAt === null ? null : run.takenBackAt + delta
  return { ...run, since: run.since + delta, birth: reasonAt(run.birth, delta), takenBackAt }
}

function askingAt(asking: Asking, delta: Millis): Asking {
  return { ...asking, nextAt: asking.nextAt + delta, memory: memoryAt(asking.memory, delta) }
}

function memoryAt(memory: CheckMemory, delta: Millis): CheckMemory {
  switch (memory.tag) {
    case 'none':
      return memory
    case 'parts':
      return { ...memory, parts: memory.parts.map((part) => memoryAt(part, delta)) }
    case 'misses':
      return { ...memory, part: memoryAt(memory.part, delta) }
    case 'level':
      return { ...memory, at: memory.at + delta, part: memoryAt(memory.part, delta) }
  }
}

function phaseAt(phase: StopPhase, delta: Millis): StopPhase {
  switch (phase.tag) {
    case 'draining':
      return phase
    case 'asked':
      return { ...phase, at: phase.at + delta, killAt: phase.killAt + delta }
    case 'killed':
      return { ...phase, giveUpAt: phase.giveUpAt + delta }
  }
}

function reasonAt(reason: Reason, delta: Millis): Reason {
  const at = reason.at + delta
  return reason.because === undefined ? { ...reason, at } : { ...reason, at, because: reasonAt(reason.because, delta) }
}
