import type { Millis } from '../lib/time.ts'
import type { Pending } from '../wire/replace.ts'
import type { Begun, Control } from './control.ts'

export type Ending =
  | 'done'
  | 'failed'
  | 'timeout'
  /** Nobody waits any more, or nobody here can. `begun`: what is under way. */
  | { readonly tag: 'gone'; readonly begun: readonly Pending[] }

/**
 * Waits until what was begun has come true, all of it, or some of it cannot: [AP8] to [AP10].
 * @param begun in this turn of the loop, or before, with marks of then
 * @param timeout null: as long as it takes
 * @param gone aborted when nobody waits any more
 */
export async function waitFor(order: {
  readonly control: Control
  readonly begun: readonly (Begun | Pending)[]
  readonly timeout: Millis | null
  readonly gone: AbortSignal
}): Promise<Ending> {
  const { control, timeout, gone } = order
  const all = order.begun.map((one) => ('processes' in one ? one : markedIn(control, one)))
  const begun = all.filter(({ processes }) => processes.length > 0)
  // One controller and our own listeners, because the runtime never gives back what an AbortSignal.any() has taken.
  const watching = new AbortController()
  const { promise: early, resolve: giveUp } = Promise.withResolvers<'timeout' | 'gone'>()
  const onGone = (): void => giveUp('gone')
  const onTime = (): void => giveUp('timeout')
  const clock = timeout === null ? null : AbortSignal.timeout(timeout)
  if (gone.aborted) return { tag: 'gone', begun }
  gone.addEventListener('abort', onGone)
  clock?.addEventListener('abort', onTime)
  try {
    const settled = Promise.all(begun.map((one) => control.settled({ ...one, signal: watching.signal })))
    // Once nobody listens to it, its rejection by our own abort is no news.
    settled.catch(() => {})
    const ended = await Promise.race([settled, early])
    if (ended === 'gone') return { tag: 'gone', begun }
    return typeof ended === 'string' ? ended : ended.includes('failed') ? 'failed' : 'done'
  } finally {
    gone.removeEventListener('abort', onGone)
    clock?.removeEventListener('abort', onTime)
    watching.abort()
  }
}

function markedIn(control: Control, { verb, names }: Begun): Pending {
  return { verb, processes: control.marks(names) }
}
