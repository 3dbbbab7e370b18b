import type { Verdict } from '../../core/check.ts'
import { failed, failedBy, passed, type Asking, type ProbeOf } from './asking.ts'

/**
 * A probe function of a program that uses coppice as a library: true or false, or a verdict with words of its own.
 * The signal is aborted when nobody waits for the answer any longer.
 */
export type CustomProbe = (signal: AbortSignal) => Promise<boolean | Verdict>

export type CustomProbes = ReadonlyMap<string, CustomProbe>

/** Passes when the function registered under the probe's id says so; fails when it throws or says anything else. */
export async function askCustom(
  { id }: ProbeOf<'custom'>,
  { signal }: Asking,
  functions: CustomProbes,
): Promise<Verdict> {
  const ask = functions.get(id)
  if (ask === undefined) return failed(`no probe function is registered as "${id}"`)
  try {
    return verdictOf(await ask(signal))
  } catch (error) {
    return failedBy(error, 'the probe function threw')
  }
}

// The function is not ours, and may come from untyped JavaScript.
function verdictOf(answer: unknown): Verdict {
  if (typeof answer === 'boolean') return answer ? passed('passed') : failed('did not pass')
  if (typeof answer === 'object' && answer !== null && 'ok' in answer && typeof answer.ok === 'boolean') {
    return { ok: answer.ok, detail: 'detail' in answer ? String(answer.detail) : answer.ok ? 'passed' : 'did not pass' }
  }
  return failed(`the probe function answered ${String(answer)}, which is neither a boolean nor a verdict`)
}
