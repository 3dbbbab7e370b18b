import type { StoppingView, WhyView } from '../../wire/process.ts'
import { statusColour } from './status.ts'
import { paint, type Style } from './style.ts'
import { printable } from './text.ts'
import { clockTimesIn, formatTime } from './units.ts'

/** Why processes are as they are: [CL16]. Several are told apart by a line with name and status. */
export function printWhys(whys: readonly WhyView[], style: Style): string {
  if (whys.length === 1) return whys.map((why) => printWhy(why, style, '')).join('')
  return whys.map((why) => `${heading(why, style)}${printWhy(why, style, '  ')}`).join('\n')
}

/** Who blocks what is being stopped: [WH5]. */
export function printStopping({ sentences, processes }: StoppingView, style: Style): string {
  const head = printable(clockTimesIn(sentences.join(' '), style))
  const lines = processes.map(({ name, text }) => {
    const rest = text.startsWith(`${name} `) ? text.slice(name.length) : `: ${text}`
    return `  ${paint(printable(name), 'bold', style)}${printable(clockTimesIn(rest, style))}\n`
  })
  return `${head}\n${lines.join('')}`
}

function heading({ name, status }: WhyView, style: Style): string {
  return `${paint(printable(name), 'bold', style)} ${paint(status, statusColour(status), style)}\n`
}

/** The sentences, then the links from which they were made, newest last. */
function printWhy(why: WhyView, style: Style, indent: string): string {
  const links = why.links.map(({ at, text }) => {
    return `${indent}${paint(formatTime(at, style, 'milliseconds'), 'dim', style)}  ${printable(text)}\n`
  })
  // A supervisor of an older version has only links.
  const sentences = 'sentences' in why ? why.sentences : []
  const told = sentences.map((text) => `${indent}${printable(clockTimesIn(text, style))}\n`)
  return [...told, ...(told.length > 0 && links.length > 0 ? ['\n'] : []), ...links].join('')
}
