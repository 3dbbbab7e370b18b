import { assertNever } from '../../lib/assert.ts'
import { rest } from '../after.ts'
import type { ProcessEvent } from '../events.ts'
import { afterRest } from '../flap.ts'
import type { Flap, Process } from '../process.ts'
import { enter, type Turn } from '../turn.ts'
import { recordWish } from '../want.ts'

/** `stopped`, `failed`, `completed`, `delayed`, `backoff`: nothing of it is alive, and at most a deadline is pending. */
export function onDown(turn: Turn, process: Process, event: ProcessEvent): void {
  switch (event.tag) {
    case 'start':
    case 'restart': {
      const wished = recordWish(turn, process, event)
      return enter(turn, wished, { tag: 'waiting', reason: wished.want.reason, hopeless: false })
    }
    case 'stop':
    case 'delete': {
      const wished = recordWish(turn, process, event)
      return rest(turn, wished, wished.want.reason)
    }
    case 'reset':
      return void recordWish(turn, process, event)
    case 'deadline':
      return enter(
        turn,
        { ...process, flap: flapNow(turn, process) },
        { tag: 'waiting', reason: process.state.reason, hopeless: false },
      )
    case 'spawned':
    case 'spawn-failed':
    case 'exited':
    case 'gone':
    case 'notified':
    case 'probed':
      return // Stale: nothing of it is alive. `step` lets none through.
    default:
      return assertNever(event)
  }
}

function flapNow({ world }: Turn, { state, flap }: Process): Flap {
  return state.tag === 'backoff' ? afterRest(flap, world.now) : flap
}
