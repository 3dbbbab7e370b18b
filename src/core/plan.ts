import { assertNever } from '../lib/assert.ts'
import { never } from '../lib/time.ts'
import { rest } from './after.ts'
import { causeToGoDown, holdOn, obstacleTo } from './conditions.ts'
import { withdrawJobs } from './jobs.ts'
import { beginAttempt } from './launch.ts'
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
      return planPreparing(turn, process)
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
  if (!process.want.up && process.jobs.length === 0) rest(turn, process, process.want.reason)
}

function planStart(turn: Turn, process: Process, state: Extract<State, { tag: 'waiting' }>): void {
  const { phase } = turn.world
  if (phase.tag === 'ending') return rest(turn, process, phase.reason)
  if (!process.want.up && process.jobs.length === 0) return rest(turn, process, process.want.reason)
  const obstacle = obstacleTo(turn.world, process)
  if (obstacle === null) return beginAttempt(turn, process)
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
function planPreparing(turn: Turn, process: Process): void {
  const unwanted = !process.want.up && process.jobs.length === 0
  const hold = holdOn(turn.world, process)
  const obstacle = hold === null && process.jobs.length === 0 ? obstacleTo(turn.world, process) : null
  if (!unwanted && hold === null && obstacle === null) return
  if (unwanted) rest(turn, process, process.want.reason)
  else
    enter(turn, process, {
      tag: 'waiting',
      reason: hold ?? obstacle?.reason ?? process.want.reason,
      hopeless: obstacle?.hopeless ?? false,
    })
  withdrawJobs(turn, process)
}

function isForced(turn: Turn): boolean {
  return turn.world.phase.tag === 'ending' && turn.world.phase.forced
}
