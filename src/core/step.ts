import { assertNever } from '../lib/assert.ts'
import type { SignalName } from '../lib/signals.ts'
import type { Instant, Millis } from '../lib/time.ts'
import { declare } from './declare.ts'
import { deliver } from './deliver.ts'
import type { Effect } from './effects.ts'
import type { Event, Input, ProcessEvent } from './events.ts'
import { askForTheEnd, askPrologue, begin, endWhenAllGone, endWhenDone, force, onPrologueVerdicts } from './phases.ts'
import { actLast, plan } from './plan.ts'
import { presentRun, stateDeadline, type Process } from './process.ts'
import type { Actor, Reason } from './reason.ts'
import { advanceSpecials, armPeriods, call, callBySignal, onPeriod } from './specials.ts'
import { onDown } from './states/down.ts'
import { onRunning } from './states/running.ts'
import { onSpawning } from './states/spawning.ts'
import { onStarting } from './states/starting.ts'
import { onStopping } from './states/stopping.ts'
import { onWaiting } from './states/waiting.ts'
import { stirsOf } from './stir.ts'
import { stoppedWith } from './together.ts'
import { since, touchAll, turnOf, type Turn } from './turn.ts'
import { recordWish } from './want.ts'
import type { Phase, Policies, World } from './world.ts'

/**
 * Everything coppice decides, it decides here: what the world becomes when `input` happens to it, and what the shell is
 * to do about it. Total and deterministic: the time and the dice are in the input.
 */
export function step(world: World, input: Input): readonly [World, readonly Effect[]] {
  const turn = turnOf({ ...world, departed: [] }, { at: Math.max(world.now, input.at), dice: input.dice })
  if (world.phase.tag === 'over') {
    if (input.event.tag === 'declare') recordDeclarations(turn, input.event)
    return [turn.world, []]
  }
  happen(turn, input)
  passDeadlines(turn)
  settle(turn)
  return [turn.world, turn.effects]
}

/**
 * Asks the planner about every process, as if nobody knew what had changed. After a `step` there is nothing left for it
 * to do: the tests hold that against the planner that looks only at what was touched.
 */
export function replan(world: World): readonly [World, readonly Effect[]] {
  const turn = turnOf(world, { at: world.now, dice: 0.5 })
  touchAll(turn)
  settle(turn)
  return [turn.world, turn.effects]
}

function happen(turn: Turn, { event }: Input): void {
  switch (event.tag) {
    case 'declare':
      for (const { process, event: wish } of declare(turn, event)) happenTo(turn, process, wish)
      return
    case 'begin':
      return turn.world.phase.tag === 'idle' ? begin(turn, event.by) : undefined
    case 'policies':
      return setPolicies(turn, event.policies)
    case 'process':
      if (event.event.tag === 'stop') stopOthers(turn, event.process, event.event.by)
      return happenTo(turn, event.process, event.event)
    case 'prologue-probed':
      return onPrologueVerdicts(turn, event.token, event.verdicts)
    case 'host-signal':
      return onHostSignal(turn, event.signal)
    case 'due': {
      const name = turn.world.processes.get(event.process)?.spec.name
      return name === undefined || turn.world.phase.tag !== 'up' ? undefined : call(turn, { name, by: 'schedule' })
    }
    case 'shutdown':
      return shutdown(turn, event.by, { forced: event.force })
    case 'tick':
      return
    default:
      return assertNever(event)
  }
}

/** From now on these hold: who waits because of others may start, and the other way round. */
function setPolicies(turn: Turn, { flap, groups }: Policies): void {
  const { settings, processes } = turn.world
  turn.world = { ...turn.world, settings: { ...settings, flap, groups }, stirs: stirsOf(processes.values(), groups) }
  touchAll(turn)
}

/** Those who are stopped together with it, politely in any case. [GP4] */
function stopOthers(turn: Turn, id: number, by: Actor): void {
  const process = turn.world.processes.get(id)
  if (process === undefined) return
  for (const [other, together] of stoppedWith(turn.world, process))
    happenTo(turn, other, { tag: 'stop', by, force: false, together })
}

/** What is wanted after the end is kept for whoever begins again. */
function recordDeclarations(turn: Turn, event: Extract<Event, { tag: 'declare' }>): void {
  for (const { process, event: wish } of declare(turn, event)) {
    const declared = turn.world.processes.get(process)
    if (declared !== undefined) recordWish(turn, declared, wish)
  }
}

function happenTo(turn: Turn, id: number, event: ProcessEvent): void {
  const process = turn.world.processes.get(id)
  if (process !== undefined && !isStale(process, event)) dispatch(turn, process, event)
}

/** News of a run that is not the present one dies here, and nowhere else. [TR8] */
function isStale(process: Process, event: ProcessEvent): boolean {
  return 'run' in event && event.run !== presentRun(process)
}

/** The state table: every state handles every event. */
export function dispatch(turn: Turn, process: Process, event: ProcessEvent): void {
  const { state } = process
  switch (state.tag) {
    case 'stopped':
    case 'failed':
    case 'completed':
    case 'delayed':
    case 'backoff':
      return onDown(turn, process, event)
    case 'waiting':
    case 'preparing':
      return onWaiting(turn, process, event)
    case 'spawning':
      return onSpawning(turn, process, state, event)
    case 'starting':
      return onStarting(turn, process, state, event)
    case 'running':
      return onRunning(turn, process, state, event)
    case 'stopping':
    case 'stuck':
      return onStopping(turn, process, state, event)
    default:
      return assertNever(state)
  }
}

/** A special's signal wins over the default; the second request to end forces it. [SP1] [RN4] [RN5] */
function onHostSignal(turn: Turn, signal: SignalName): void {
  if (turn.world.phase.tag !== 'ending' && callBySignal(turn, signal)) return
  if (!endingSignals.has(signal)) return
  const { phase, now } = turn.world
  const repeats = phase.tag === 'ending'
  // A terminal that hangs up twice has not asked for force.
  if (signal === 'SIGHUP' && repeats) return
  // npm passes on the SIGINT that the terminal has already sent to all of its foreground.
  if (repeats && isEcho(signal, phase.reason, now)) return
  shutdown(turn, { verb: signal, user: null }, { forced: false })
}

/** A SIGINT so soon after the one that began the end is the same Ctrl-C, told twice. [RN5] */
function isEcho(signal: SignalName, reason: Reason, now: Instant): boolean {
  const isSame = signal === 'SIGINT' && reason.tag === 'shutdown' && reason.by.verb === signal
  return isSame && now - reason.at < echo
}

const echo: Millis = 100

const endingSignals: ReadonlySet<SignalName> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'])

function shutdown(turn: Turn, by: Actor, { forced }: { forced: boolean }): void {
  const reason = since(turn, { tag: 'shutdown', by })
  const isFirst = !wasAsked(turn.world.phase)
  if (isFirst) askForTheEnd(turn, reason)
  if (!isFirst || forced) force(turn, reason)
}

/** Whether somebody has asked for the end already; one that came by itself was asked for by nobody. */
function wasAsked(phase: Phase): boolean {
  return phase.tag === 'ending' && phase.reason.tag === 'shutdown'
}

function passDeadlines(turn: Turn): void {
  const { now, phase } = turn.world
  askPrologue(turn)
  if (phase.tag === 'ending' && phase.forceAt <= now) force(turn, phase.reason)
  for (const { id } of turn.world.processes.due(now)) {
    const process = turn.world.processes.get(id)
    if (process !== undefined && process.nextPeriodic <= now) onPeriod(turn, process)
    const present = turn.world.processes.get(id)
    if (present !== undefined && stateDeadline(present.state) <= now) dispatch(turn, present, { tag: 'deadline' })
  }
}

/**
 * Has the planner look at everything that changed, until nothing changes any more. One that never came to rest would be a
 * supervisor that hears nothing any more: it stops loudly instead.
 */
function settle(turn: Turn): void {
  let patience = 1000 + 100 * turn.world.processes.size
  do {
    for (const id of turn.dirty) {
      turn.dirty.delete(id)
      const process = turn.world.processes.get(id)
      if (process !== undefined) plan(turn, process)
      if (patience-- === 0) throw new Error('the planner runs in circles')
    }
    deliver(turn)
    advanceSpecials(turn)
    if (turn.dirty.size === 0) endWhenDone(turn)
  } while (turn.dirty.size > 0 || turn.outcomes.length > 0 || actLast(turn) || armPeriods(turn))
  endWhenAllGone(turn)
}
