import { placeText, type LogQuery } from '../wire/log.ts'
import type { EventFilter } from './events.ts'

// What stands behind the question mark of an address.

export function logQuery({ lines, archives, follow, stream, after }: LogQuery): string {
  const { tag, count } = lines
  return written({
    lines: tag === 'tail' ? String(count) : `+${count}`,
    ...(archives ? { all: 'true' } : {}),
    ...(follow ? { follow: 'true' } : {}),
    ...(stream === 'stderr' ? { stream } : {}),
    ...(after === undefined ? {} : { after: placeText(after) }),
  })
}

export function graphQuery({ processConfigOnly }: { readonly processConfigOnly: boolean }): string {
  return written(processConfigOnly ? { process_config_only: 'true' } : {})
}

/** @param query `follow`: a stream, else a list of `limit` at most */
export function eventsQuery({
  since,
  process,
  kind,
  from,
  follow = true,
  limit,
}: EventFilter & { readonly since: number | null; readonly follow?: boolean; readonly limit?: number }): string {
  return written({
    ...(since === null ? {} : { since: String(since) }),
    ...(process === undefined ? {} : { process }),
    ...(kind === undefined ? {} : { kind }),
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(limit === undefined ? {} : { limit: String(limit) }),
    ...(follow ? {} : { follow: 'false' }),
  })
}

function written(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
