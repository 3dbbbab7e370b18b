import { nearMiss } from '../lib/near-miss.ts'
import { failure, success, type Result } from '../lib/result.ts'
import type { ActRequest, Verb } from './routes.ts'

/** An `ActRequest` with its defaults filled in. */
export interface ActOrder {
  readonly force: boolean
  readonly wait: boolean
  /** Milliseconds; null: as long as it takes. */
  readonly timeout: number | null
}

/** The longest wait one may ask for: some 24 days, all that a timer can count. */
export const longestTimeout = 2 ** 31 - 1

const keys = ['force', 'wait', 'timeout'] as const satisfies readonly (keyof ActRequest)[]

/** Reads the body of a request that acts: [AP7]. Fails with `bad-request`, naming the key that is wrong. */
export function parseActRequest(verb: Verb, body: unknown): Result<ActOrder> {
  if (!isObject(body)) return failure('bad-request', `The body must be an object, not ${nounOf(body)}.`)
  const unknown = Object.keys(body).find((key) => !keys.some((known) => known === key))
  if (unknown !== undefined) return unknownKey(unknown)
  const { force = false, wait = true, timeout = null } = body
  if (typeof force !== 'boolean') return wrong('force', 'true or false', force)
  if (typeof wait !== 'boolean') return wrong('wait', 'true or false', wait)
  if (timeout !== null && !isTimeout(timeout))
    return wrong('timeout', `milliseconds from 0 to ${longestTimeout}`, timeout)
  if (force && verb === 'start')
    return failure('bad-request', '"force" means something to stop and restart, not to start.')
  return success({ force, wait, timeout })
}

function unknownKey(key: string): Result<never> {
  const near = nearMiss(key, keys)
  const hint = near === null ? `The keys are ${keys.join(', ')}.` : `Did you mean "${near}"?`
  return failure('bad-request', `The body has an unknown key "${key}".`, hint)
}

function wrong(key: string, expected: string, found: unknown): Result<never> {
  return failure('bad-request', `"${key}" must be ${expected}, not ${nounOf(found)}.`)
}

function isTimeout(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= longestTimeout
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How a value is named in a sentence about it. */
function nounOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return JSON.stringify(value)
}
