/** A span of time in milliseconds. */
export type Millis = number

/** A point on the monotonic clock of one supervisor, in milliseconds. It has no meaning outside that supervisor. */
export type Instant = number

/** The instant that never comes. */
export const never: Instant = Number.POSITIVE_INFINITY

const units: ReadonlyMap<string, Millis> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/**
 * Reads a duration as Go writes them, with days added: `300ms`, `1.5s`, `1h30m`, `2d`; a bare `0` needs no unit.
 * @returns milliseconds, or null when the text is no duration
 */
export function parseDuration(text: string): Millis | null {
  const trimmed = text.trim()
  if (/^[+-]?0$/.test(trimmed)) return 0
  const shape = /^([+-])?((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h|d))+$/
  if (!shape.test(trimmed)) return null
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d)/g)) {
    total += Number(amount) * (units.get(unit ?? '') ?? Number.NaN)
  }
  return trimmed.startsWith('-') ? -total : total
}

/** Writes a span for a person: `85ms`, `1.2s`, `2m5s`, `3h`, `4d2h`. */
export function formatDuration(span: Millis): string {
  if (span === Number.POSITIVE_INFINITY) return 'for ever'
  if (span < 0) return `-${formatDuration(-span)}`
  const shown = round(span)
  if (shown < 1000) return `${shown}ms`
  if (shown < 60_000) return `${shown / 1000}s`
  const [large, largeUnit, small, smallUnit] =
    shown < 3_600_000
      ? [60_000, 'm', 1000, 's']
      : shown < 86_400_000
        ? [3_600_000, 'h', 60_000, 'm']
        : [86_400_000, 'd', 3_600_000, 'h']
  const whole = Math.floor(shown / large)
  const rest = Math.floor((shown - whole * large) / small)
  return rest === 0 ? `${whole}${largeUnit}` : `${whole}${largeUnit}${rest}${smallUnit}`
}

/** To what is shown of it, before a unit is chosen: 999.7 ms is a second, not 1000 ms. */
function round(span: Millis): Millis {
  if (span < 10) return Math.round(span * 10) / 10
  if (span < 1000) return Math.round(span)
  return span < 60_000 ? Math.round(span / 100) * 100 : span
}
