import { formatDuration, type Millis } from '../lib/time.ts'

/** A value as one would write it into a YAML file on one line: `2s`, `[a, b]`, `{burst: 5, interval: 10s}`. */
export function flow(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (value instanceof Map) return flow(Object.fromEntries(value))
  if (Array.isArray(value)) return `[${value.map(nested).join(', ')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, inner]) => `${key}: ${nested(inner)}`)
    return `{${members.join(', ')}}`
  }
  if (value === Number.POSITIVE_INFINITY) return 'unlimited'
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}

/** A text between brackets is quoted where it would else mean something else. */
function nested(value: unknown): string {
  return typeof value === 'string' && !/^[\w./$@%+:-]*\w$/.test(value) ? JSON.stringify(value) : flow(value)
}

/** A span of time in the largest unit that says exactly what it is: `2s`, `1500ms`. */
export function span(millis: Millis): string {
  if (millis >= 1000 && millis % 1000 === 0) return formatDuration(millis)
  return `${millis}ms`
}

/** Permissions: `0640`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
