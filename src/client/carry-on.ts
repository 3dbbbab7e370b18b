import { success, type Failure, type Result } from '../lib/result.ts'
import type { ProcessView } from '../wire/process.ts'
import type { WaitRequest } from '../wire/replace.ts'
import type { ActAnswer } from '../wire/routes.ts'
import { isInterruption } from './shapes.ts'
import type { Interrupted } from './transport.ts'

/** What a supervisor leaves to be waited for that gives way to another program; null: of this it has left nothing. */
export function interruptionIn(
  failed: Failure,
): { readonly resume: WaitRequest; readonly answer: Partial<ActAnswer> } | null {
  if (!('interruption' in failed)) return null
  const { interruption } = failed as Interrupted
  return isInterruption(interruption) ? interruption : null
}

/**
 * Goes on waiting with the program that has taken over, for what the one before it has begun, and puts together what that
 * one would have answered. [CL80]
 * @param wait asks the supervisor
 */
export async function carryOn(
  { resume, answer }: { readonly resume: WaitRequest; readonly answer: Partial<ActAnswer> },
  wait: (request: WaitRequest) => Promise<Result<ActAnswer>>,
): Promise<Result<ActAnswer>> {
  const waited = await wait(resume)
  if (!waited.ok) return waited
  const { outcome, processes } = waited.value
  const now = new Map(processes.map((process) => [process.name, process]))
  const all = (answer.processes ?? []).map((process) => now.get(process.name) ?? asGone(process))
  return success({ ...answer, outcome, processes: all })
}

/** Only what is deleted goes away while one waits for it. */
function asGone(process: ProcessView): ProcessView {
  const gone = { pid: null, ready: false, cpu: 0, memory: 0, next_try: null } as const
  return { ...process, ...gone, status: 'stopped', reason: 'deleted' }
}
