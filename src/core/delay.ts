import type { Millis } from '../lib/time.ts'
import type { RestartDelay } from './spec.ts'

/** With which delay procmon begins. [RS4] */
export const firstProcmonDelay: Millis = 1000

/** What the delay of a restart depends on. */
export interface Life {
  /** How long the run lived. */
  readonly lived: Millis
  /** Consecutive short lives before this one. */
  readonly streak: number
  /** procmon's delay as it stood when this run began. */
  readonly procmonDelay: Millis
  /** In [0, 1). */
  readonly dice: number
}

/** How long to wait, and what to remember for the next time. */
export interface NextDelay {
  readonly delay: Millis
  readonly streak: number
  readonly procmonDelay: Millis
}

/** The delay before the restart that follows a run. [RS3] [RS4] */
export function delayAfter(policy: RestartDelay, life: Life): NextDelay {
  if (policy.tag === 'procmon') return procmonDelayAfter(policy.rest, life)
  if (life.lived >= policy.resetAfter) return { delay: 0, streak: 0, procmonDelay: life.procmonDelay }
  const streak = life.streak + 1
  const plain = Math.min(policy.max, policy.initial * policy.factor ** Math.min(streak - 1, largestExponent))
  return { delay: plain * (1 + policy.jitter * (2 * life.dice - 1)), streak, procmonDelay: life.procmonDelay }
}

/** Beyond it the power is infinite, and nothing times infinity is no number. */
const largestExponent = 1000

/** procmon doubles the delay at every restart; each time the process has lived as long as the delay, it moves a tenth towards `rest`. */
function procmonDelayAfter(rest: Millis, { lived, streak, procmonDelay }: Life): NextDelay {
  let delay = procmonDelay
  let left = lived
  while (left >= delay && delay > 0 && Math.abs(delay - rest) > 1) {
    left -= delay
    delay = rest + ((delay - rest) * 9) / 10
  }
  return { delay, streak: streak + 1, procmonDelay: delay * 2 }
}
