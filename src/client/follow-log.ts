import { success, type Failure, type Result } from '../lib/result.ts'
import { placeHeader, placeIn, type LogPlace, type LogQuery } from '../wire/log.ts'
import type { Stream } from './transport.ts'

type Open = (query: LogQuery) => Promise<Result<Stream<Uint8Array>>>

/**
 * A log that is followed. Where it comes to its end, because the program of the supervisor was replaced, the next one is
 * asked to go on at the very byte; where there is no next one, that is the end. [CL80]
 */
export async function followLog(query: LogQuery, open: Open, signal: AbortSignal): Promise<Result<Stream<Uint8Array>>> {
  const first = await open(query)
  if (!first.ok) return first
  let failure: Failure | null = null
  return success({
    get failure() {
      return failure
    },
    async *[Symbol.asyncIterator]() {
      let stream: Stream<Uint8Array> | null = first.value
      while (stream !== null) {
        let place: LogPlace | null = placeIn(stream.header?.(placeHeader) ?? '')
        for await (const bytes of stream) {
          if (place !== null) place = { ...place, position: place.position + bytes.length }
          yield bytes
        }
        failure = stream.failure
        const next: Result<Stream<Uint8Array>> | null =
          failure !== null || place === null || signal.aborted ? null : await open({ ...query, after: place })
        stream = next?.ok === true ? next.value : null
      }
    },
  })
}
