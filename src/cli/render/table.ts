import { paint, type Colour, type Style } from './style.ts'
import { cut, padded, printable, widthOf, wrap } from './text.ts'

export interface Column {
  readonly header: string
  /** What it does when the terminal is too narrow: nothing; lose its end; break into lines; leave the table (the higher the sooner). */
  readonly narrow: 'stay' | 'cut' | 'wrap' | { readonly leaves: number }
}

export interface Cell {
  readonly text: string
  readonly colour?: Colour
}

/**
 * A table as pmon3 draws it, no wider than the terminal; or, not boxed, plain columns that are parted by two spaces and
 * keep everything: [CL12], [CL13].
 */
export function printTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], style: Style): string {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })))
  return style.boxed ? boxed(columns, clean, style) : plain(columns, clean)
}

/** An empty cell is a dash, so that columns can be counted. */
function plain(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const lines = [
    columns.map(({ header }) => header),
    ...rows.map((row) => row.map(({ text }) => (text === '' ? '-' : text))),
  ]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ''))))
  return lines
    .map(
      (line) =>
        `${line
          .map((text, at) => padded(text, widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function boxed(columns: readonly Column[], rows: readonly (readonly Cell[])[], style: Style): string {
  const { shown, widths } = fit(columns, rows, style.width ?? Number.POSITIVE_INFINITY)
  const rule = (left: string, cross: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(cross)}${right}\n`
  const headers = shown.map((at) => ({ text: columns[at]?.header ?? '', colour: 'header' as const }))
  const body = rows.map((row) => shown.map((at) => row[at] ?? { text: '' }))
  const how = shown.map((at) => columns[at]?.narrow ?? 'stay')
  return [
    rule('╭', '╥', '╮'),
    line(headers, { widths, how, style }),
    rows.length === 0 ? '' : rule('├', '╫', '┤'),
    ...body.map((row) => line(row, { widths, how, style })),
    rule('╰', '╨', '╯'),
  ].join('')
}

/** One row, which takes several lines where a cell is wrapped. */
function line(
  row: readonly Cell[],
  { widths, how, style }: { widths: readonly number[]; how: readonly Column['narrow'][]; style: Style },
): string {
  const cells = row.map(({ text }, at) => {
    const width = widths[at] ?? 0
    return how[at] === 'wrap' ? wrap(text, width) : [cut(text, width)]
  })
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, n) => {
    const parts = cells.map((lines, at) => {
      const text = padded(lines[n] ?? '', widths[at] ?? 0)
      return ` ${paint(text, row[at]?.colour ?? 'bold', style)} `
    })
    return `│${parts.join('║')}│\n`
  }).join('')
}

/** Which columns are shown, by index, and how wide each is. */
function fit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  limit: number,
): { shown: readonly number[]; widths: readonly number[] } {
  const natural = columns.map(({ header }, at) =>
    Math.max(widthOf(header), ...rows.map((row) => widthOf(row[at]?.text ?? ''))),
  )
  const total = (shown: readonly number[]): number => shown.reduce((sum, at) => sum + (natural[at] ?? 0) + 3, 1)
  let shown = columns.map((_, at) => at)
  const leaving = shown
    .filter((at) => leavesAt(columns[at]) > 0)
    .toSorted((a, b) => leavesAt(columns[b]) - leavesAt(columns[a]))
  for (const at of leaving) if (total(shown) > limit) shown = shown.filter((other) => other !== at)
  let excess = Math.max(0, total(shown) - limit)
  const widths = shown.map((at) => {
    const width = natural[at] ?? 0
    const narrow = columns[at]?.narrow
    if (narrow !== 'cut' && narrow !== 'wrap') return width
    const saved = Math.min(excess, Math.max(0, width - narrowest))
    excess -= saved
    return width - saved
  })
  return { shown, widths }
}

/** Below this a cut column says nothing any more: the table then is wider than the terminal. */
const narrowest = 8

function leavesAt(column: Column | undefined): number {
  return typeof column?.narrow === 'object' ? column.narrow.leaves : 0
}
