import { assertNever } from '../../lib/assert.ts'
import { afterAttempt } from '../after.ts'
import type { ProcessEvent } from '../events.ts'
import { takeDown } from '../give-up.ts'
import { bornState } from '../launch.ts'
import type { Process, State } from '../process.ts'
import { enter, put, since, type Turn } from '../turn.ts'
import { recordWish } from '../want.ts'

/** The shell has been told to spawn it and has not answered. Wishes are recorded; the planner acts on them afterwards. */
export function onSpawning(
  turn: Turn,
  process: Process,
  state: Extract<State, { tag: 'spawning' }>,
  event: ProcessEvent,
): void {
  switch (event.tag) {
    case 'start':
    case 'restart': {
      const wished = recordWish(turn, process, event)
      return enter(turn, wished, { ...state, doom: null })
    }
    case 'stop':
    case 'delete':
    case 'reset':
      return void recordWish(turn, process, event)
    case 'spawned': {
      const restarts = process.restarts + (process.revives ? 1 : 0)
      const { run: n, pid, startTime } = event
      const { standsOn, promised } = state
      const takenBackAt = event.takenBack === true ? turn.world.now : null
      const born = bornState(turn, process, { n, pid, startTime, standsOn, promised, takenBackAt })
      const alive = { ...process, restarts, revives: false, lastPid: pid, state: born }
      put(turn, alive)
      return state.doom === null ? undefined : takeDown(turn, alive, state.doom)
    }
    case 'spawn-failed': {
      const cause = state.doom ?? since(turn, { tag: 'spawn-failed', code: event.code, text: event.text })
      return afterAttempt(turn, process, { cause, exit: null, lived: 0 })
    }
    case 'exited':
    case 'gone':
    case 'notified':
    case 'probed':
    case 'deadline':
      return // Nothing of it is alive yet.
    default:
      return assertNever(event)
  }
}
