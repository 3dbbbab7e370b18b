import { failure, success, type Result } from '../lib/result.ts'
import { parseDuration } from '../lib/time.ts'

const day = 24 * 3_600_000

/**
 * Reads a time in the past: `10m` ago, `12:30` of today or else of yesterday, or a date with or without a time, by the
 * clock here unless it says otherwise. Fails with `usage`.
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970
 */
export function readTime(text: string, option: string, now: number): Result<number> {
  const span = parseDuration(text)
  if (span !== null && span >= 0) return success(now - span)
  const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (hour !== undefined) {
    const at = new Date(now).setHours(Number(hour), Number(minute), Number(second), 0)
    return success(at > now ? at - day : at)
  }
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN
  if (!Number.isNaN(at)) return success(at)
  return failure(
    'usage',
    `${option}: "${text}" is no time.`,
    'Write 10m for ten minutes ago, 12:30, 2026-11-20 or 2026-11-20T12:30.',
  )
}
