import { formatDuration } from '../../lib/time.ts'
import { statuses, type Status } from '../../wire/process.ts'
import type { Simulated, SimulatedLine, SimulatedProcess } from '../../wire/simulate.ts'
import { statusColour } from './status.ts'
import { paint, type Style } from './style.ts'
import { printTable, type Cell } from './table.ts'
import { padded, printable, widthOf } from './text.ts'

/** A line for each thing that happened, then how each process fared: [SM6], [SM7]. */
export function printSimulated({ timeline, summary, span, exit_code }: Simulated, style: Style): string {
  const widths = {
    time: Math.max(0, ...timeline.map(({ at }) => formatMoment(at).length)),
    name: Math.max(0, ...timeline.map((line) => widthOf(nameOf(line)))),
    word: Math.max(0, ...timeline.map((line) => wordOf(line).length)),
  }
  const lines = timeline.map((line) => printLine(line, widths, style))
  const end = exit_code === null ? 'would go on' : `would end with exit code ${exit_code}`
  return `${lines.join('')}\nAfter ${formatDuration(span)} it ${end}.\n${printSummary(summary, style)}`
}

/** `+3.000s`: since the begin. */
function formatMoment(at: number): string {
  return `+${(at / 1000).toFixed(3)}s`
}

function printLine(
  line: SimulatedLine,
  widths: { readonly time: number; readonly name: number; readonly word: number },
  style: Style,
): string {
  const time = paint(formatMoment(line.at).padStart(widths.time), 'dim', style)
  const name = paint(padded(nameOf(line), widths.name), 'bold', style)
  const word = paintWord(wordOf(line), widths.word, style)
  return `${time}  ${name}  ${word}  ${printable(line.text)}\n`
}

/** procmon and we call the supervisor by the name of the program. */
function nameOf({ process }: SimulatedLine): string {
  return process === null ? 'coppice' : printable(process)
}

function wordOf({ status }: SimulatedLine): string {
  return status ?? '-'
}

function paintWord(word: string, width: number, style: Style): string {
  return isStatus(word) ? paint(padded(word, width), statusColour(word), style) : padded(word, width)
}

function isStatus(word: string): word is Status {
  return statuses.some((status) => status === word)
}

function printSummary(summary: readonly SimulatedProcess[], style: Style): string {
  const rows = summary.map(({ name, status, starts, restarts, not_running }): Cell[] => [
    { text: name },
    isStatus(status) ? { text: status, colour: statusColour(status) } : { text: status },
    { text: String(starts) },
    { text: String(restarts) },
    { text: not_running === null ? '' : formatDuration(not_running) },
  ])
  const headers = ['Name', 'Status', 'Starts', 'Restarts', 'Not running']
  return printTable(
    headers.map((header) => ({ header, narrow: 'stay' })),
    rows,
    style,
  )
}
