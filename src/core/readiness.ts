import type { Instant, Millis } from '../lib/time.ts'
import { freshMemory, type Check } from './check.ts'
import type { Asking, Run } from './process.ts'
import type { ProcessSpec, Readiness } from './spec.ts'

/**
 * How it is known that this run is ready; null: it is as soon as it runs. Only a run that was told at its birth how to
 * say so is waited for to say it: another one was born under another declaration, and counts as ready.
 */
export function readinessOf({ ready }: ProcessSpec, { promised }: Pick<Run, 'promised'>): Readiness | null {
  return ready?.tag === 'notify' ? promised : ready
}

/** A check of this run that nobody has asked yet. It forgets what was asked of the run under earlier declarations. */
export function firstAsking(
  check: Check,
  { askings }: Pick<Run, 'askings'>,
  { at, interval }: { at: Instant; interval: Millis },
): Asking {
  return { attempt: askings, inFlight: false, nextAt: at, interval, memory: freshMemory(check), last: null }
}
