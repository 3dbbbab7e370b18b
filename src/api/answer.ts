import type { Refusal } from '../wire/refusal.ts'
import type { ErrorAnswer, ErrorCode } from '../wire/routes.ts'

/** What goes back to a client. */
export type Answer = JsonAnswer | TextAnswer | StreamAnswer

export interface JsonAnswer {
  readonly tag: 'json'
  readonly status: number
  /** Becomes JSON. */
  readonly body: unknown
  /** For a path that is right with a method that is not: the ones that are. */
  readonly allow?: readonly string[]
}

export interface TextAnswer {
  readonly tag: 'text'
  readonly type: string
  readonly text: string
}

/** Sent as it comes, no faster than it is read. */
export interface StreamAnswer {
  readonly tag: 'stream'
  readonly type: string
  /** It is at its end soon, and is given whole or not at all. */
  readonly isFinite?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Ends when it is over, or soon after nobody waits for it any more. */
  readonly chunks: AsyncIterable<Uint8Array | string>
}

const statuses: Readonly<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'bad-config': 400,
  forbidden: 403,
  'unknown-process': 404,
  'unknown-group': 404,
  'no-log': 404,
  'not-found': 404,
  'wrong-method': 405,
  exists: 409,
  'not-here': 409,
  'too-large': 413,
  internal: 500,
  'shutting-down': 503,
  replaced: 503,
  'not-replaced': 409,
  'store-failed': 507,
}

/** The HTTP status with which an error is told. */
export function statusOf(code: ErrorCode): number {
  return statuses[code]
}

export function ok(body: unknown): JsonAnswer {
  return { tag: 'json', status: 200, body }
}

export function refusal(code: ErrorCode, message: string, hint?: string): JsonAnswer {
  return refusalOf(hint === undefined ? { code, message } : { code, message, hint })
}

export function refusalOf({ code, message, hint }: Refusal): JsonAnswer {
  const body: ErrorAnswer = { error: hint === undefined ? { code, message } : { code, message, hint } }
  return { tag: 'json', status: statuses[code], body }
}
