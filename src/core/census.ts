import { never } from '../lib/time.ts'
import { isAlive, type Process } from './process.ts'

/** How many processes of the world are in what way. `put` keeps it, so that nobody has to look at all of them. */
export interface Census {
  /** Of which something may be alive. */
  readonly alive: number
  /** On their way up or down. */
  readonly moving: number
  /** Which run, or may run again without an operator. [RN7] */
  readonly lasting: number
  /** Which are over and have not succeeded. */
  readonly failed: number
}

export const emptyCensus: Census = { alive: 0, moving: 0, lasting: 0, failed: 0 }

/** The census after one process has changed; `before` is undefined for a new one, `after` for one that has left. */
export function recount(census: Census, before: Process | undefined, after: Process | undefined): Census {
  const then = before === undefined ? emptyCensus : countOf(before)
  const now = after === undefined ? emptyCensus : countOf(after)
  return {
    alive: census.alive - then.alive + now.alive,
    moving: census.moving - then.moving + now.moving,
    lasting: census.lasting - then.lasting + now.lasting,
    failed: census.failed - then.failed + now.failed,
  }
}

function countOf(process: Process): Census {
  const over = howOver(process)
  return {
    alive: Number(isAlive(process.state)),
    moving: Number(onTheWay.has(process.state.tag)),
    lasting: Number(over === null),
    failed: Number(over === 'failed'),
  }
}

const onTheWay: ReadonlySet<Process['state']['tag']> = new Set(['preparing', 'spawning', 'starting', 'stopping'])

/** How it is over for good, as far as it is for itself to say; null when it is not. */
function howOver({ state, spec, want, jobs }: Process): 'well' | 'failed' | null {
  if (spec.trigger.schedule !== null || jobs.length > 0) return null
  switch (state.tag) {
    case 'completed':
      return 'well'
    case 'failed':
      return state.retryAt === never ? 'failed' : null
    case 'waiting':
      return state.hopeless ? 'failed' : null
    case 'stopped':
      // What was never called for does not count. What `on_exit: stop` took down does not come back by itself; what an
      // operator stopped may.
      if (want.up) return state.reason.tag === 'dependency-went-down' ? 'failed' : null
      return spec.autostart ? null : 'well'
    case 'preparing':
    case 'spawning':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'delayed':
    case 'backoff':
    case 'stuck':
      return null
  }
}
