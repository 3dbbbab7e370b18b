/**
 * An expected failure: a value, never thrown.
 * `code` is stable and for programs, `message` is a sentence, `hint` says what to do.
 */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export type Result<T, F = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F }

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function failure(
  code: string,
  message: string,
  hint?: string,
): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: hint === undefined ? { code, message } : { code, message, hint } }
}
