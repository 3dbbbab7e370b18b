import type { Millis } from '../lib/time.ts'
import type { Begun, Control } from './control.ts'

export type Ending = 'done' | 'failed' | 'timeout' | 'gone'

/**
 * Waits until what was begun has come true, all of it, or some of it cannot: [AP8] to [AP10].
 * @param timeout null: as long as it takes
 * @param gone aborted when nobody waits any more
 */
export async function waitFor(order: {
  readonly control: Control
  readonly begun: readonly Begun[]
  readonly timeout: Millis | null
  readonly gone: AbortSignal
}): Promise<Ending> {
  const { control, timeout, gone } = order
  const begun = order.begun.filter(({ names }) => names.length > 0)
  // One controller and our own listeners, because the runtime never gives back what an AbortSignal.any() has taken.
  const watching = new AbortController()
  const { promise: early, resolve: giveUp } = Promise.withResolvers<'timeout' | 'gone'>()
  const onGone = (): void => giveUp('gone')
  const onTime = (): void => giveUp('timeout')
  const clock = timeout === null ? null : AbortSignal.timeout(timeout)
  if (gone.aborted) return 'gone'
  gone.addEventListener('abort', onGone)
  clock?.addEventListener('abort', onTime)
  try {
    const settled = Promise.all(begun.map((one) => control.settled({ ...one, signal: watching.signal })))
    // Once nobody listens to it, its rejection by our own abort is no news.
    settled.catch(() => {})
    const ended = await Promise.race([settled, early])
    return typeof ended === 'string' ? ended : ended.includes('failed') ? 'failed' : 'done'
  } finally {
    gone.removeEventListener('abort', onGone)
    clock?.removeEventListener('abort', onTime)
    watching.abort()
  }
}
