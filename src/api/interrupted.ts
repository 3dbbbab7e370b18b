import type { Interruption, Pending } from '../wire/replace.ts'
import { refusal, type Answer } from './answer.ts'

/** Why a wait or a stream is ended where another program image will go on with it. */
export const replaced = 'replaced'

export function wasReplaced(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === replaced
}

/**
 * The answer to who waited for what was begun, when nobody here can wait any longer: with what is needed to go on waiting
 * where there will be somebody to ask. [AP60]
 */
export function interrupted(
  gone: AbortSignal,
  left: { readonly begun: readonly Pending[]; readonly answer: Interruption['answer']; readonly recorded: string },
): Answer {
  if (!wasReplaced(gone)) return refusal('shutting-down', `The supervisor is shutting down; ${left.recorded}.`)
  const { body, ...rest } = refusal('replaced', `The supervisor is being replaced; ${left.recorded}.`)
  const { begun, answer } = left
  return { ...rest, body: { ...(body as object), resume: { begun }, answer } satisfies Interruption }
}
