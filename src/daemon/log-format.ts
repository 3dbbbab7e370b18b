import type { LogLevel } from '../core/spec.ts'

/** One line of the supervisor's log. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: LogLevel
  /** The process it is about; null: the supervisor itself. */
  readonly process: string | null
  readonly message: string
  /** Further facts, for JSON. */
  readonly fields?: Readonly<Record<string, string | number | boolean | null | readonly number[]>>
}

const colours: Record<LogLevel, string> = { debug: '\x1b[2m', info: '', warn: '\x1b[33m', error: '\x1b[31m' }
const palette = [36, 35, 34, 32, 33, 96, 95, 94, 92]

/** A line of text for a person, or of JSON for a machine; with its newline. */
export function formatEntry(
  entry: LogEntry,
  style: { format: 'text' | 'json'; width: number; colour: boolean },
): string {
  return style.format === 'json' ? `${formatJson(entry)}\n` : `${formatText(entry, style)}\n`
}

function formatJson({ at, level, process, message, fields }: LogEntry): string {
  const named = process === null ? {} : { process }
  return JSON.stringify({ time: new Date(at).toISOString(), level, ...named, msg: message, ...fields })
}

function formatText(
  { at, level, process, message }: LogEntry,
  { width, colour }: { width: number; colour: boolean },
): string {
  const time = localTime(new Date(at))
  const name = (process ?? 'coppice').padEnd(width)
  const word = level.toUpperCase().padEnd(5)
  if (!colour) return `${time} ${word} ${name} ${oneLine(message)}`
  const hue = process === null ? 1 : (palette[hash(process) % palette.length] ?? 36)
  return `\x1b[2m${time}\x1b[0m ${colours[level]}${word}\x1b[0m \x1b[${hue}m${name}\x1b[0m ${colours[level]}${oneLine(message)}\x1b[0m`
}

function localTime(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const millis = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`
}

/** A message is one line, whatever a process or a probe put into it. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1))
}

function hash(text: string): number {
  let sum = 7
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521
  return sum
}
