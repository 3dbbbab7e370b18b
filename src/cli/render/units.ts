import type { Style } from './style.ts'

/** `1.4 MB`, as pmon3 writes it: 1024-based, from KB to GB. */
export function formatMemory(bytes: number): string {
  if (bytes <= 0) return '0.0 MB'
  const units = ['KB', 'MB', 'GB']
  let amount = bytes / 1024
  while (amount >= 1024 && units.length > 1) {
    amount /= 1024
    units.shift()
  }
  return `${amount.toFixed(1)} ${units[0] ?? ''}`
}

/** `12.5%` of one core. */
export function formatCpu(percent: number): string {
  return `${percent.toFixed(1)}%`
}

/** An ISO time as the clock on the wall here shows it: `2026-11-20 09:05:00`; the text itself if it is no time. */
export function formatTime(
  iso: string,
  { clock }: Pick<Style, 'clock'>,
  precision: 'seconds' | 'milliseconds' = 'seconds',
): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  const text = clock === 'utc' ? date.toISOString() : localText(date)
  return text.slice(0, precision === 'seconds' ? 19 : 23).replace('T', ' ')
}

function localText(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day}T${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** A word as one would type it in a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** A text in which ISO times have become those of the clock here: `12:03:07`, with the day where that is not today's. */
export function clockTimesIn(text: string, style: Pick<Style, 'clock'>, now = new Date()): string {
  const today = formatTime(now.toISOString(), style).slice(0, 10)
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (iso) => {
    const local = formatTime(iso, style)
    return local.startsWith(today) ? local.slice(11) : local
  })
}
