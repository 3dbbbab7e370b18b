import type { LogQuery } from '../wire/log.ts'

// What stands behind the question mark of an address.

export function logQuery({ lines, archives, follow, stream }: LogQuery): string {
  const { tag, count } = lines
  return written({
    lines: tag === 'tail' ? String(count) : `+${count}`,
    ...(archives ? { all: 'true' } : {}),
    ...(follow ? { follow: 'true' } : {}),
    ...(stream === 'stderr' ? { stream } : {}),
  })
}

export function graphQuery({ processConfigOnly }: { readonly processConfigOnly: boolean }): string {
  return written(processConfigOnly ? { process_config_only: 'true' } : {})
}

export function eventsQuery({ since, process }: { readonly since: number | null; readonly process?: string }): string {
  return written({
    ...(since === null ? {} : { since: String(since) }),
    ...(process === undefined ? {} : { process }),
  })
}

function written(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
