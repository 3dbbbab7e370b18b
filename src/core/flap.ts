import type { Instant } from '../lib/time.ts'
import type { Flap, Process } from './process.ts'
import type { FlapPolicy } from './spec.ts'

/** Nothing to remember. */
export const calm: Flap = { tag: 'counting', restarts: [] }

/** What flap detection makes of a death that is to be followed by a restart. */
export interface Verdict {
  readonly flap: Flap
  /** When it may start; null: it need not rest. */
  readonly restUntil: Instant | null
}

/** Which flap detection holds for a process; null: none. */
export function flapPolicyOf({ spec }: Process, general: FlapPolicy | null): FlapPolicy | null {
  return spec.flapDetection === 'off' ? null : (spec.flapDetection ?? general)
}

/**
 * Counts a restart, or finds that it is one too many: after `restarted` of them within a countdown the next death begins
 * the countdown. While that runs, what is forgiven may be restarted. [FL1] [FL3]
 */
export function afterFall(flap: Flap, policy: FlapPolicy, now: Instant): Verdict {
  const present = forgiven(flap, policy, now)
  if (present.tag === 'counting-down') {
    if (present.count >= policy.restarted) return { flap: present, restUntil: endOfRest(present, policy) }
    return { flap: { ...present, count: present.count + 1, countedAt: now }, restUntil: null }
  }
  const restarts = present.restarts.filter((at) => at > now - policy.countdown)
  if (restarts.length < policy.restarted) {
    return { flap: { tag: 'counting', restarts: [...restarts, now] }, restUntil: null }
  }
  const begun = {
    tag: 'counting-down',
    count: policy.restarted,
    countedAt: now,
    endsAt: now + policy.countdown,
  } as const
  return { flap: begun, restUntil: endOfRest(begun, policy) }
}

/** The rest is over: with the countdown all is forgotten; before its end one restart was forgiven, and is used at once. [FL2] [FL3] */
export function afterRest(flap: Flap, now: Instant): Flap {
  return flap.tag === 'counting' || flap.endsAt <= now ? calm : { ...flap, countedAt: now }
}

/** What is left of it by now. */
function forgiven(flap: Flap, { decrement }: FlapPolicy, now: Instant): Flap {
  if (flap.tag === 'counting') return flap
  if (flap.endsAt <= now) return calm
  const times = decrement === 0 ? 0 : Math.floor((now - flap.countedAt) / decrement)
  return { ...flap, count: Math.max(0, flap.count - times), countedAt: flap.countedAt + times * decrement }
}

/** The end of the countdown, or when so many restarts are forgiven that one is free. */
function endOfRest(flap: Extract<Flap, { tag: 'counting-down' }>, { restarted, decrement }: FlapPolicy): Instant {
  if (decrement === 0) return flap.endsAt
  return Math.min(flap.endsAt, flap.countedAt + decrement * (flap.count - restarted + 1))
}
