import type { Failure } from '../lib/result.ts'
import type { ErrorCode } from './routes.ts'

/** Why a supervisor does not do what it is asked; its message and hint are for the user. */
export interface Refusal extends Failure {
  readonly code: ErrorCode
}

export function refused(
  code: ErrorCode,
  message: string,
  hint?: string,
): { readonly ok: false; readonly failure: Refusal } {
  return { ok: false, failure: hint === undefined ? { code, message } : { code, message, hint } }
}
