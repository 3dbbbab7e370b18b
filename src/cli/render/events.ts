import type { EventView } from '../../wire/declare.ts'
import { statuses, type Status } from '../../wire/process.ts'
import { statusColour } from './status.ts'
import { paint, type Style } from './style.ts'
import { padded, printable, widthOf } from './text.ts'
import { formatTime } from './units.ts'

/** How wide the columns of names and of what happened are. */
export interface EventWidths {
  readonly name: number
  readonly word: number
}

/** Wide enough for all of these, and for what usually follows them. */
export function widthsOf(events: readonly EventView[]): EventWidths {
  return {
    name: Math.max('coppice'.length, ...events.map((event) => widthOf(nameOf(event)))),
    word: Math.max('restarting'.length, ...events.map((event) => widthOf(wordOf(event)))),
  }
}

/** `2026-11-20 12:03:07.512  web  restarting  restarts after 100ms, since web exited with code 2`: [WH12] */
export function printEvent(event: EventView, widths: EventWidths, style: Style): string {
  const time = paint(formatTime(event.at, style, 'milliseconds'), 'dim', style)
  const name = paint(padded(nameOf(event), widths.name), 'bold', style)
  return `${time}  ${name}  ${paintWord(wordOf(event), widths.word, style)}  ${printable(whyOf(event))}\n`
}

function nameOf({ process }: EventView): string {
  return process === null ? 'coppice' : printable(process)
}

function wordOf({ kind, from, to }: EventView): string {
  if (kind === 'supervisor') return '-'
  if (kind !== 'status') return kind
  return from === null ? 'declared' : (to ?? 'deleted')
}

function paintWord(word: string, width: number, style: Style): string {
  const text = padded(printable(word), width)
  return isStatus(word) ? paint(text, statusColour(word), style) : text
}

function isStatus(word: string): word is Status {
  return statuses.some((status) => status === word)
}

function whyOf({ kind, to, reason, because, by, run, pid }: EventView): string {
  const since = because === null ? '' : `, since ${because}`
  const who = by === null || reason.includes(by) ? '' : ` [${by}]`
  const which = kind === 'ready' || (kind === 'status' && to === 'running') ? ` (run ${run}, pid ${pid ?? '-'})` : ''
  return `${reason}${since}${which}${who}`
}
