import { assertNever } from '../lib/assert.ts'
import { never } from '../lib/time.ts'
import { rest } from './after.ts'
import { causeToGoDown, obstacleTo } from './conditions.ts'
import { flapPolicyOf } from './flap.ts'
import { withdrawJobs } from './jobs.ts'
import { beginAttempt, launch } from './launch.ts'
import { leave } from './leave.ts'
import { isAlive, isLeaving, isWanted, type Process, type State } from './process.ts'
import type { Reason } from './reason.ts'
import { beginStop, signalWhenDrained, kill } from './stop.ts'
import { enter, since, type Turn } from './turn.ts'

/**
 * The level-triggered planner for one process: may it start? must it stop? what stands in its way? It looks only at the
 * world as it is, so it may be asked about any process at any time; asking again changes nothing.
 */
export function plan(turn: Turn, process: Process): void {
  const { state } = process
  if (isLeaving(process) && !isAlive(state)) return leave(turn, process)
  switch (state.tag) {
    case 'stopped':
    case 'completed':
      return planJobs(turn, process)
    case 'failed':
      return state.retryAt === never ? planJobs(turn, process) : planRetry(turn, process)
    case 'delayed':
      return planRetry(turn, process)
    case 'backoff':
      return planRest(turn, process)
    case 'waiting':
      return planStart(turn, process, state)
    case 'preparing':
      return planPreparing(turn, process, state)
    case 'starting':
    case 'running': {
      const reason = causeToGoDown(turn.world, process)
      if (reason !== null) beginStop(turn, process, { run: state.run, reason, force: isForced(turn) })
      return
    }
    case 'stopping':
      if (isForced(turn)) return kill(turn, process, state)
      if (state.phase.tag === 'draining') turn.lastly.signal.add(process.id)
      return
    case 'spawning':
    case 'stuck':
      return
    default:
      return assertNever(state)
  }
}

/** At rest, until somebody calls for a run. */
function planJobs(turn: Turn, process: Process): void {
  const [job] = process.jobs
  if (job === undefined) return
  const by = job.caller.tag === 'prerun' ? job.caller.owner : (turn.world.specials.current?.call.by ?? 'operator')
  enter(turn, process, { tag: 'waiting', reason: since(turn, { tag: 'called-for', by }), hopeless: false })
}

/** Its deadline brings it back, unless nobody wants that any more. */
function planRetry(turn: Turn, process: Process): void {
  if (!isWanted(process)) rest(turn, process, process.want.reason)
}

/** It rests for as long as it is wanted, and flap detection has not been switched off. [FL5] */
function planRest(turn: Turn, process: Process): void {
  if (!isWanted(process)) return rest(turn, process, process.want.reason)
  if (flapPolicyOf(process, turn.world.settings.flap) !== null) return
  enter(turn, process, { tag: 'waiting', reason: process.state.reason, hopeless: false })
}

function planStart(turn: Turn, process: Process, state: Extract<State, { tag: 'waiting' }>): void {
  const { phase } = turn.world
  if (phase.tag === 'ending') return rest(turn, process, phase.reason)
  if (!isWanted(process)) return rest(turn, process, process.want.reason)
  const found = obstacleTo(turn.world, process)
  if (found === null) return mayStart(turn, process)
  const obstacle = { ...found, reason: withCause(found.reason, state.reason) }
  const same =
    obstacle.hopeless === state.hopeless &&
    JSON.stringify(undated(obstacle.reason)) === JSON.stringify(undated(state.reason))
  if (!same) enter(turn, process, { tag: 'waiting', ...obstacle })
}

/** Why it had to wait for others to be gone at all: they are in the way of a restart, and that has a cause. */
function withCause(reason: Reason, before: Reason): Reason {
  if (!waitsForOthers(reason)) return reason
  const because = waitsForOthers(before) ? before.because : before
  return because === undefined ? reason : { ...reason, because }
}

function waitsForOthers({ tag }: Reason): boolean {
  return tag === 'waits-for-dependents' || tag === 'waits-for-group'
}

function mayStart(turn: Turn, { id, spec, state }: Process): void {
  const spawns = spec.command !== null && (state.tag === 'preparing' || spec.prerun.length === 0)
  turn.lastly[spawns ? 'spawn' : 'prepare'].add(id)
}

/** A reason without its times: whether two say the same. */
function undated({ at: _at, because, ...fact }: State['reason']): object {
  return because === undefined ? fact : { ...fact, because: because.tag }
}

/** While its preruns run: does it still want to start, and may it? */
function planPreparing(turn: Turn, process: Process, { index }: Extract<State, { tag: 'preparing' }>): void {
  const obstacle = isWanted(process) ? obstacleTo(turn.world, process) : null
  if (isWanted(process) && obstacle === null) {
    return index === process.spec.prerun.length ? mayStart(turn, process) : undefined
  }
  if (obstacle === null) rest(turn, process, process.want.reason)
  else enter(turn, process, { tag: 'waiting', ...obstacle })
  withdrawJobs(turn, process)
}

/**
 * Does what can only be right when everything else is decided: what happens in the same step may yet take down a
 * dependent that goes first, or stand in the way of a start. A spawn comes last, since the start of what has no program
 * may end everything.
 * @returns whether there was anything to do
 */
export function actLast(turn: Turn): boolean {
  const { signal, prepare, spawn } = turn.lastly
  const next = take(signal) ?? take(prepare) ?? take(spawn)
  if (next === undefined) return false
  const process = turn.world.processes.get(next)
  if (process === undefined) return true
  if (process.state.tag === 'stopping') signalWhenDrained(turn, process, process.state)
  if (process.state.tag !== 'waiting' && process.state.tag !== 'preparing') return true
  if (!isWanted(process) || obstacleTo(turn.world, process) !== null) return true
  if (process.state.tag === 'waiting') beginAttempt(turn, process)
  else launch(turn, process)
  return true
}

function take(ids: Set<number>): number | undefined {
  for (const id of ids) {
    ids.delete(id)
    return id
  }
  return undefined
}

function isForced(turn: Turn): boolean {
  return turn.world.phase.tag === 'ending' && turn.world.phase.forced
}
