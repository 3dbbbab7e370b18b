import type { Millis } from '../lib/time.ts'

/** What has come and is not taken yet: so much and no more. */
export interface Mailbox<T> {
  /** false: it is full, and what came is lost. */
  put(item: T): boolean
  /** The oldest, `most` at most. */
  take(most: number): readonly T[]
  /** Resolves when there is something to take, or when a signal is aborted: at once where that is so already. */
  arrival(...signals: readonly AbortSignal[]): Promise<void>
}

export function createMailbox<T>(capacity: number): Mailbox<T> {
  const items: T[] = []
  let wake = (): void => {}
  return {
    put(item) {
      if (items.length >= capacity) return false
      items.push(item)
      wake()
      return true
    },
    take: (most) => items.splice(0, most),
    async arrival(...signals) {
      if (items.length > 0 || signals.some((signal) => signal.aborted)) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const over = (): void => resolve()
      wake = over
      for (const signal of signals) signal.addEventListener('abort', over)
      await promise
      for (const signal of signals) signal.removeEventListener('abort', over)
      wake = () => {}
    },
  }
}

/** A signal that is aborted after so long a time, and set anew only after that: one timer, however often it is asked. */
export function createBeat(every: Millis): { readonly signal: AbortSignal; restart(): void } {
  let signal = AbortSignal.timeout(every)
  return {
    get signal() {
      return signal
    },
    restart() {
      signal = AbortSignal.timeout(every)
    },
  }
}
