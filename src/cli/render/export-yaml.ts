import type { ExportView } from '../../wire/declare.ts'
import { always } from './export-document.ts'
import { writeScalar } from './yaml-scalar.ts'

/** As go-yaml v3 writes it, with its indents of four: [CL58]. */
export function printYaml(processes: readonly ExportView[]): string {
  const entries = processes.map((process) => ({
    ...always(process),
    ...(process.no_auto_restart ? { no_auto_restart: true } : {}),
    ...process.more,
  }))
  return `processes:${block(entries, { indent: 0, in: 'mapping' })}\n`
}

/** Where a value stands: how far its own line is indented, and in what. */
interface Place {
  readonly indent: number
  readonly in: 'mapping' | 'sequence'
}

/** A value behind its key, or behind the dash of its item; it begins with what parts them. */
function block(value: unknown, place: Place): string {
  if (Array.isArray(value)) return value.length === 0 ? ' []' : sequence(value, place)
  if (typeof value === 'object' && value !== null) return mapping(Object.entries(value), place)
  return ` ${writeScalar(value, below(place))}`
}

function sequence(items: readonly unknown[], place: Place): string {
  const indent = below(place)
  const lines = items.map((item) => `-${block(item, { indent, in: 'sequence' })}`)
  return hung(lines, { indent, in: place.in })
}

function mapping(pairs: readonly [string, unknown][], place: Place): string {
  if (pairs.length === 0) return ' {}'
  const indent = below(place)
  const lines = pairs.map(([key, value]) => `${writeScalar(key, indent)}:${block(value, { indent, in: 'mapping' })}`)
  return hung(lines, { indent, in: place.in })
}

/** Under a key each line is a line of its own; the first of an item stands behind its dash. */
function hung(lines: readonly string[], { indent, in: around }: Place): string {
  const margin = ' '.repeat(indent)
  return around === 'mapping' ? `\n${margin}${lines.join(`\n${margin}`)}` : ` ${lines.join(`\n${margin}`)}`
}

/** The next indent is what the dash takes, or the next multiple of four. */
function below({ indent, in: around }: Place): number {
  return around === 'sequence' ? indent + 2 : 4 * (Math.floor(indent / 4) + 1)
}
