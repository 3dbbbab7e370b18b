import type { Millis } from '../lib/time.ts'
import type { Verb } from '../wire/routes.ts'
import type { Control } from './control.ts'

/**
 * Waits until what was asked for has come true or cannot: [AP8] to [AP10].
 * @param timeout null: as long as it takes
 * @param gone aborted when nobody waits any more
 */
export async function waitFor(order: {
  readonly control: Control
  readonly verb: Verb
  readonly names: readonly string[]
  readonly timeout: Millis | null
  readonly gone: AbortSignal
}): Promise<'done' | 'failed' | 'timeout' | 'gone'> {
  const { control, verb, names, timeout, gone } = order
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
    const settled = control.settled({ verb, names, signal: watching.signal })
    // Once nobody listens to it, its rejection by our own abort is no news.
    settled.catch(() => {})
    return await Promise.race([settled, early])
  } finally {
    gone.removeEventListener('abort', onGone)
    clock?.removeEventListener('abort', onTime)
    watching.abort()
  }
}
