import { parseDuration, type Millis } from '../lib/time.ts'

/** `10MB`, `512k`, `1.5G`, `1048576` → bytes; the steps are 1,024, as in every supervisor before. Null: no size. */
export function parseSize(text: string): number | null {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text) ?? []
  if (amount === undefined || unit === undefined) return null
  const bytes = Math.round(Number(amount) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' '))
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** Octal digits, however they are written: `0755`, `755`, `0o755`. Null: not a mode up to 07777. */
export function parseMode(text: string): number | null {
  const [, digits] = /^\s*(?:0o)?([0-7]{1,5})\s*$/i.exec(text) ?? []
  const mode = digits === undefined ? Number.NaN : Number.parseInt(digits, 8)
  return mode <= 0o7777 ? mode : null
}

/** A whole number in a range; null: something else. */
export function parseWhole(text: string, { min, max }: { readonly min: number; readonly max: number }): number | null {
  const trimmed = text.trim().replace(/(?<=\d)_(?=\d)/g, '')
  const number = /^[+-]?(?:\d+|0x[\da-f]+|0o[0-7]+)$/i.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isSafeInteger(number) && number >= min && number <= max ? number : null
}

export function parsePort(text: string): number | null {
  return parseWhole(text, { min: 1, max: 65535 })
}

/** A duration that is not negative and not longer than a century; null: something else. */
export function parseSpan(text: string): Millis | null {
  const span = parseDuration(text)
  return span !== null && span >= 0 && span <= 100 * 365.25 * 86_400_000 ? span : null
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** `200`, `200-299`, `200-299,301` → ranges of HTTP status codes; null: something else. */
export function parseStatuses(text: string): readonly Range[] | null {
  const ranges = text.split(',').map((part) => {
    const [, from, to] = /^\s*([1-5]\d\d)\s*(?:-\s*([1-5]\d\d)\s*)?$/.exec(part) ?? []
    return { from: Number(from), to: Number(to ?? from) }
  })
  return ranges.every(({ from, to }) => from <= to) ? ranges : null
}

/** A URL that `http` can ask; null: something else. */
export function parseHttpUrl(text: string): string | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== ''
    ? text.trim()
    : null
}

/** `get` → `GET`; null: no HTTP method. */
export function parseMethod(text: string): string | null {
  return /^[A-Za-z]+$/.test(text) ? text.toUpperCase() : null
}

/** Whether a text is a regular expression. */
export function isRegex(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** What a process may be called: see `ProcessSpec.name`. [CF10] */
export function isProcessName(text: string): boolean {
  return /^[A-Za-z0-9_@+][A-Za-z0-9._@+-]{0,199}$/.test(text) && !/^\d+$/.test(text)
}
