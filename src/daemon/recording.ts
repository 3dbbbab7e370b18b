import type { Answered } from '../api/control.ts'
import { refused } from '../wire/refusal.ts'
import type { Ledger } from './ledger.ts'

/**
 * Obeys an order whose outcome must survive us. One that cannot be recorded is refused, and nothing is done; one that
 * took the last of the room is done, and the answer says that it may be forgotten. [DB16]
 */
export function recording<T>(ledger: Pick<Ledger, 'check' | 'alarm'>, obey: () => Answered<T>): Answered<T> {
  const failed = ledger.check()
  if (failed !== null) {
    return refused('store-failed', `Nothing was done: it could not be recorded (${failed.message}).`, failed.hint)
  }
  const answer = obey()
  const late = ledger.alarm
  if (!answer.ok || late === null) return answer
  return refused('store-failed', `It was done, but could not be recorded (${late.message}).`, late.hint)
}
