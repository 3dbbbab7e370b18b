import type { ErrorAnswer, ErrorCode } from '../wire/routes.ts'

/** What goes back to a client: an HTTP status and a body that becomes JSON. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** For a path that is right with a method that is not: the ones that are. */
  readonly allow?: readonly string[]
}

const statuses: Readonly<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'unknown-process': 404,
  'not-found': 404,
  'wrong-method': 405,
  'too-large': 413,
  internal: 500,
  'shutting-down': 503,
}

export function refusal(code: ErrorCode, message: string, hint?: string): Answer {
  const body: ErrorAnswer = { error: hint === undefined ? { code, message } : { code, message, hint } }
  return { status: statuses[code], body }
}
