import { assertNever } from '../../lib/assert.ts'
import { rest } from '../after.ts'
import type { ProcessEvent } from '../events.ts'
import { withdrawJobs } from '../jobs.ts'
import type { Process } from '../process.ts'
import { enter, type Turn } from '../turn.ts'
import { recordWish } from '../want.ts'

/** `waiting` for what it depends on, or `preparing` by its preruns: wanted, and nothing of it alive. */
export function onWaiting(turn: Turn, process: Process, event: ProcessEvent): void {
  switch (event.tag) {
    case 'start':
    case 'restart': {
      const wished = recordWish(turn, process, event)
      if (wished.state.tag === 'waiting') enter(turn, wished, { ...wished.state, reason: wished.want.reason })
      return
    }
    case 'stop':
    case 'delete': {
      const wished = recordWish(turn, process, event)
      rest(turn, wished, wished.want.reason)
      return withdrawJobs(turn, wished)
    }
    case 'reset':
      return void recordWish(turn, process, event)
    case 'deadline':
    case 'spawned':
    case 'spawn-failed':
    case 'exited':
    case 'gone':
    case 'notified':
    case 'probed':
      return // It has no deadline, and nothing of it is alive.
    default:
      return assertNever(event)
  }
}
