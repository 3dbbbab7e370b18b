import { assertNever } from '../lib/assert.ts'
import { never } from '../lib/time.ts'
import { rest } from './after.ts'
import { causeToGoDown, obstacleTo } from './conditions.ts'
import { withdrawJobs } from './jobs.ts'
import { beginAttempt, launch } from './launch.ts'
import type { Process, State } from './process.ts'
import { beginStop, signalWhenDrained, kill } from './stop.ts'
import { enter, since, type Turn } from './turn.ts'

/**
 * The level-triggered planner for one process: may it start? must it stop? what stands in its way? It looks only at the
 * world as it is, so it may be asked about any process at any time; asking again changes nothing.
 */
export function plan(turn: Turn, process: Process): void {
  const { state } = process
  switch (state.tag) {
    case 'stopped':
    case 'completed':
      return planJobs(turn, process)
    case 'failed':
      return state.retryAt === never ? planJobs(turn, process) : planRetry(turn, process)
    case 'delayed':
      return planRetry(turn, process)
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
      return isForced(turn) ? kill(turn, process, state) : signalWhenDrained(turn, process, state)
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

function planStart(turn: Turn, process: Process, state: Extract<State, { tag: 'waiting' }>): void {
  const { phase } = turn.world
  if (phase.tag === 'ending') return rest(turn, process, phase.reason)
  if (!isWanted(process)) return rest(turn, process, process.want.reason)
  const obstacle = obstacleTo(turn.world, process)
  if (obstacle === null) return void turn.starters.add(process.id)
  const same =
    obstacle.hopeless === state.hopeless &&
    JSON.stringify(undated(obstacle.reason)) === JSON.stringify(undated(state.reason))
  if (!same) enter(turn, process, { tag: 'waiting', ...obstacle })
}

/** A reason without its times: whether two say the same. */
function undated({ at: _at, because, ...fact }: State['reason']): object {
  return because === undefined ? fact : { ...fact, because: because.tag }
}

/** While its preruns run: does it still want to start, and may it? */
function planPreparing(turn: Turn, process: Process, { index }: Extract<State, { tag: 'preparing' }>): void {
  const obstacle = isWanted(process) ? obstacleTo(turn.world, process) : null
  if (isWanted(process) && obstacle === null) {
    if (index === process.spec.prerun.length) turn.starters.add(process.id)
    return
  }
  if (obstacle === null) rest(turn, process, process.want.reason)
  else enter(turn, process, { tag: 'waiting', ...obstacle })
  withdrawJobs(turn, process)
}

/**
 * Begins what may begin, when everything else is decided: what happens in the same step may yet stand in its way.
 * @returns whether there was anything to begin
 */
export function startNext(turn: Turn): boolean {
  const [id] = turn.starters
  if (id === undefined) return false
  turn.starters.delete(id)
  const process = turn.world.processes.get(id)
  if (process === undefined || !isWanted(process) || obstacleTo(turn.world, process) !== null) return true
  if (process.state.tag === 'waiting') beginAttempt(turn, process)
  if (process.state.tag === 'preparing') launch(turn, process)
  return true
}

function isWanted({ want, jobs }: Process): boolean {
  return want.up || jobs.length > 0
}

function isForced(turn: Turn): boolean {
  return turn.world.phase.tag === 'ending' && turn.world.phase.forced
}
