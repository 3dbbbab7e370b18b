import type { Millis } from '../lib/time.ts'
import type { Exit } from './exit.ts'
import { mustDrain } from './conditions.ts'
import type { Process, Run, State } from './process.ts'
import type { Reason } from './reason.ts'
import { enter, since, type Turn } from './turn.ts'

/** How long after SIGKILL a run counts as stuck. The kernel needs no time; a process in an uninterruptible sleep does. */
const patienceAfterKill = 2000

type Stopping = Extract<State, { tag: 'stopping' }>

/** Begins to take a live run down: its dependents first, then its stop signal. [ST1] [ST2] */
export function beginStop(turn: Turn, process: Process, stop: { run: Run; reason: Reason; force?: boolean }): void {
  turn.effects.push({ tag: 'hush', ref: { process: process.id, run: stop.run.n } })
  const state: Stopping = {
    tag: 'stopping',
    reason: stop.reason,
    run: stop.run,
    exit: null,
    phase: { tag: 'draining' },
  }
  enter(turn, process, state)
  if (stop.force === true) kill(turn, process, state)
}

/** The main process ended and left something behind: that gets the stop signal, and the same time. [ST5] */
export function beginCleanUp(turn: Turn, process: Process, end: { run: Run; reason: Reason; exit: Exit }): void {
  const ref = { process: process.id, run: end.run.n }
  turn.effects.push({ tag: 'hush', ref })
  turn.effects.push({ tag: 'signal', ref, signal: process.spec.stop.signal, scope: 'group' })
  const { now } = turn.world
  const phase = { tag: 'asked', at: now, killAt: now + process.spec.stop.timeout } as const
  enter(turn, process, { tag: 'stopping', reason: end.reason, run: end.run, exit: end.exit, phase })
}

/** Sends the stop signal once no dependent is in the way. [ST2] */
export function signalWhenDrained(turn: Turn, process: Process, state: Stopping): void {
  if (state.phase.tag !== 'draining' || state.exit !== null) return
  if (mustDrain(turn.world, process)) return
  const { stop } = process.spec
  const ref = { process: process.id, run: state.run.n }
  const scope = stop.mode === 'group' ? 'group' : 'main'
  turn.effects.push({ tag: 'signal', ref, signal: stop.signal, scope })
  const { now } = turn.world
  enter(turn, process, { ...state, phase: { tag: 'asked', at: now, killAt: now + stop.timeout } })
}

/** SIGKILL, to everything that is left. [ST3] */
export function kill(turn: Turn, process: Process, state: Stopping): void {
  if (state.phase.tag === 'killed') return
  // Where something is being cleaned up, the main process is gone: it is what is left that is meant.
  const scope = process.spec.stop.mode === 'process' && state.exit === null ? 'main' : 'everything'
  turn.effects.push({ tag: 'signal', ref: { process: process.id, run: state.run.n }, signal: 'SIGKILL', scope })
  const { now } = turn.world
  const after = state.phase.tag === 'asked' ? now - state.phase.at : 0
  enter(turn, process, { ...state, phase: { tag: 'killed', after, giveUpAt: now + patienceAfterKill } })
}

/** It outlived SIGKILL: said so, and never replaced while it lives. [ST6] */
export function giveUp(turn: Turn, process: Process, { run, exit, reason, after }: Stopping & { after: Millis }): void {
  enter(turn, process, { tag: 'stuck', reason: since(turn, { tag: 'survived-kill' }, reason), run, exit, after })
}
