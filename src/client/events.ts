import type { Failure, Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import type { EventKind, EventView } from '../wire/declare.ts'
import { isEvent } from './shapes.ts'
import { dataOf } from './sse.ts'
import type { Stream } from './transport.ts'

/** Which events of the journal are wanted. */
export interface EventFilter {
  /** Only those of this process. */
  readonly process?: string
  readonly kind?: EventKind
  /** Only those of this time or later, in milliseconds since 1970. */
  readonly from?: number
}

export interface EventQuery extends EventFilter {
  /** The id of the last event that is known; absent: only what happens from now on. */
  readonly since?: number
  readonly signal: AbortSignal
}

type Open = (since: number | null, signal: AbortSignal) => Promise<Result<Stream<Uint8Array>>>

/** How long to wait before asking again a supervisor that has gone, and how often: some 20 s in all. */
const pauses: readonly Millis[] = [50, 100, 200, 400, 800, ...Array.from({ length: 18 }, () => 1000)]

/**
 * Every event once, in their order. When the supervisor goes away, the next one is asked for what came after the last
 * event that was seen: [CL67]. It fails where none comes within some 20 s, or where one refuses.
 */
export function followEvents({ since, signal }: EventQuery, open: Open): Stream<EventView> {
  let failure: Failure | null = null
  return {
    get failure() {
      return failure
    },
    async *[Symbol.asyncIterator]() {
      let last = since ?? null
      let tries = 0
      while (!signal.aborted) {
        const opened = await open(last, signal)
        if (opened.ok) {
          for await (const data of dataOf(opened.value)) {
            const event = eventIn(data)
            if (event === null) continue
            last = event.id
            tries = 0
            yield event
          }
        }
        const ended = opened.ok ? opened.value.failure : opened.failure
        const pause = pauses[tries++]
        if (signal.aborted) return
        if (pause === undefined || !mayCome(ended)) {
          failure = ended
          return
        }
        await passed(pause, signal)
      }
    },
  }
}

/** Whether somebody may answer who does not now: one that ends says goodbye, hangs up, or has gone. */
function mayCome(ended: Failure | null): boolean {
  return (
    ended === null || ['no-supervisor', 'connection-lost', 'silent', 'shutting-down', 'replaced'].includes(ended.code)
  )
}

function eventIn(data: string): EventView | null {
  const value: unknown = JSON.parse(data)
  return isEvent(value) ? value : null
}

/** Resolves after a while, or when it is over. */
async function passed(span: Millis, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = (): void => resolve()
  // oxlint-disable-next-line eslint/no-restricted-globals -- AbortSignal.timeout lets a program end that waits for nothing else
  const timer = setTimeout(stop, span)
  signal.addEventListener('abort', stop)
  await promise
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
}
