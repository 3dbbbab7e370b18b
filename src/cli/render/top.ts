import type { ProcessView } from '../../wire/process.ts'
import { logRoomFor, roomFor, rowsOf, type Mode, type Model, type Sort } from '../live/model.ts'
import { statusColour } from './status.ts'
import { paint, type Colour, type Style } from './style.ts'
import { cut, padded, printable, widthOf } from './text.ts'
import type { Leaf } from './tree.ts'
import { formatCpu, formatMemory } from './units.ts'

/** What stands on the terminal: as many lines as it has, none wider than it is: [CL95]. */
export function printTop(model: Model, style: Style): readonly string[] {
  const { size, mode } = model
  const lines = mode.tag === 'log' ? logLines(model, mode, style) : tableLines(model, style)
  const filled = [...lines, ...Array<string>(size.rows).fill('')].slice(0, Math.max(0, size.rows - 1))
  return [...filled, bottomLine(model, style)]
}

interface Field {
  readonly header: string
  readonly text: (leaf: Leaf) => string
  readonly isNumber: boolean
  readonly sort?: Sort
  readonly colour?: (process: ProcessView) => Colour
  /** On a narrow terminal the highest leaves first; 0 stays. */
  readonly leaves: number
}

const fields: readonly Field[] = [
  { header: 'ID', text: ({ process }) => String(process.id), isNumber: true, leaves: 5, colour: () => 'id' },
  {
    header: 'Name',
    text: ({ process, branch }) => printable(`${branch}${process.name}`),
    isNumber: false,
    leaves: 0,
    sort: 'name',
  },
  { header: 'PID', text: ({ process }) => String(process.pid ?? '-'), isNumber: true, leaves: 3 },
  { header: '⟳', text: ({ process }) => String(process.restart_count), isNumber: true, leaves: 4 },
  {
    header: 'Status',
    text: ({ process }) => process.status,
    isNumber: false,
    leaves: 1,
    colour: ({ status }) => statusColour(status),
  },
  { header: 'User', text: ({ process }) => process.user, isNumber: false, leaves: 6 },
  { header: 'CPU', text: ({ process }) => formatCpu(process.cpu), isNumber: true, leaves: 0, sort: 'cpu' },
  { header: 'Memory', text: ({ process }) => formatMemory(process.memory), isNumber: true, leaves: 0, sort: 'memory' },
]

const gap = '  '

function tableLines(model: Model, style: Style): string[] {
  const rows = rowsOf(model)
  const columns = fit(rows, model)
  const header = columns.map(({ field, width }) => aligned(titleOf(field, model), { field, width })).join(gap)
  const shown = rows.slice(model.top, model.top + roomFor(model.size))
  return [
    paint(cut(summary(model), model.size.columns), 'bold', style),
    paint(cut(header, model.size.columns), 'header', style),
    ...shown.map((leaf) => {
      const isSelected = leaf.process.name === model.selected
      const cells = columns.map(({ field, width }) => {
        const text = aligned(field.text(leaf), { field, width })
        return isSelected || field.colour === undefined ? text : paint(text, field.colour(leaf.process), style)
      })
      return isSelected ? reversed(padded(cells.join(gap), model.size.columns)) : cells.join(gap)
    }),
  ]
}

function titleOf({ header, sort }: Field, model: Model): string {
  return sort === model.sort ? `${header} ▾` : header
}

function summary({ processes }: Model): string {
  const counts = [...Map.groupBy(processes, ({ status }) => status)].map(([status, some]) => `${some.length} ${status}`)
  const cpu = processes.reduce((sum, process) => sum + process.cpu, 0)
  const memory = processes.reduce((sum, process) => sum + process.memory, 0)
  const what = `${processes.length} ${processes.length === 1 ? 'process' : 'processes'}`
  return [
    `${what}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`,
    `CPU ${formatCpu(cpu)}`,
    `Memory ${formatMemory(memory)}`,
  ].join(' · ')
}

/** Which columns there is room for; the names get what is left. */
function fit(rows: readonly Leaf[], model: Model): readonly { readonly field: Field; readonly width: number }[] {
  const natural = fields.map((field) => ({
    field,
    width: rows.reduce((widest, leaf) => Math.max(widest, widthOf(field.text(leaf))), widthOf(titleOf(field, model))),
  }))
  const total = (): number => shown.reduce((sum, { width }) => sum + width + gap.length, -gap.length)
  let shown = natural
  for (const { field } of natural.toSorted((a, b) => b.field.leaves - a.field.leaves)) {
    if (field.leaves > 0 && total() > model.size.columns) shown = shown.filter((one) => one.field !== field)
  }
  const excess = Math.max(0, total() - model.size.columns)
  return shown.map(({ field, width }) => ({
    field,
    width: field.sort === 'name' ? Math.max(1, width - excess) : width,
  }))
}

function aligned(text: string, { field, width }: { readonly field: Field; readonly width: number }): string {
  const short = cut(text, width)
  return field.isNumber ? `${' '.repeat(Math.max(0, width - widthOf(short)))}${short}` : padded(short, width)
}

function logLines({ size }: Model, { name, lines, back }: Extract<Mode, { tag: 'log' }>, style: Style): string[] {
  const end = lines.length - back
  const shown = lines.slice(Math.max(0, end - logRoomFor(size)), end)
  const title = `${name}${back > 0 ? ` · ${back} lines back` : ''}`
  return [paint(cut(title, size.columns), 'header', style), ...shown.map((line) => cut(plain(line), size.columns))]
}

/** What a program writes for a terminal must not act on ours. */
function plain(line: string): string {
  return printable(Bun.stripANSI(line).replaceAll('\t', '    ').replace(/\r$/, ''))
}

function bottomLine({ mode, notice, size }: Model, style: Style): string {
  if (mode.tag === 'question') {
    const word = mode.verb === 'stop' ? 'Stop' : 'Restart'
    return paint(cut(`${word} ${mode.name}? y: yes, any other key: no`, size.columns), 'alarming', style)
  }
  if (notice !== null) return paint(cut(printable(notice.text), size.columns), notice.isBad ? 'bad' : 'good', style)
  return paint(cut(mode.tag === 'log' ? logHelp : tableHelp, size.columns), 'dim', style)
}

const tableHelp = 'ESC quit · s cpu/memory · c m n sort · t tree · ENTER log · k stop · r restart'
const logHelp = 'ESC back · arrows and page keys scroll · END newest'

function reversed(text: string): string {
  return `\x1b[7m${text}\x1b[0m`
}
