import type { WhyView } from '../../wire/process.ts'
import { statusColour } from './status.ts'
import { paint, type Style } from './style.ts'
import { printable } from './text.ts'
import { formatTime } from './units.ts'

/** The chain of reasons of each process, newest last: [CL16]. Several are told apart by a line with name and status. */
export function printWhys(whys: readonly WhyView[], style: Style): string {
  if (whys.length === 1) return whys.map((why) => printLinks(why, style, '')).join('')
  return whys.map((why) => `${heading(why, style)}${printLinks(why, style, '  ')}`).join('\n')
}

function heading({ name, status }: WhyView, style: Style): string {
  return `${paint(printable(name), 'bold', style)} ${paint(status, statusColour(status), style)}\n`
}

function printLinks({ links }: WhyView, style: Style, indent: string): string {
  return links
    .map(
      ({ at, text }) => `${indent}${paint(formatTime(at, style, 'milliseconds'), 'dim', style)}  ${printable(text)}\n`,
    )
    .join('')
}
