// What was measured, as a table for people and as JSON for comparisons.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { median, summarize } from './measure.ts'

export type Unit = 'ms' | 'MiB' | '%'

/** One line of the table. */
export interface Row {
  readonly what: string
  readonly who: string
  readonly unit: Unit
  readonly samples: readonly number[]
  /** What the median is divided by: the median of these. */
  readonly against?: { readonly who: string; readonly samples: readonly number[] }
  /** The most that the ratio, where there is one, or else the median may be. */
  readonly budget?: number
}

/** What was left out, and why. */
export interface Omission {
  readonly who: string
  readonly why: string
}

export function ratioOf({ samples, against }: Row): number | null {
  return against === undefined ? null : median(samples) / median(against.samples)
}

/** null: without a budget. */
export function isWithin(row: Row): boolean | null {
  if (row.budget === undefined) return null
  return (ratioOf(row) ?? median(row.samples)) <= row.budget
}

export function markdown(rows: readonly Row[], omissions: readonly Omission[]): string {
  const head = ['measured', 'who', 'median', 'p90', 'n', 'ratio', 'budget', '']
  const cells = [head, head.map(() => '---'), ...rows.map(cellsOf)]
  const table = cells.map((line) => `| ${line.join(' | ')} |`).join('\n')
  const left = omissions.map(({ who, why }) => `- left out: ${who}: ${why}`).join('\n')
  return left === '' ? table : `${table}\n\n${left}`
}

function cellsOf(row: Row): string[] {
  const { count, p90, ...summary } = summarize(row.samples)
  const ratio = ratioOf(row)
  const limit =
    row.budget === undefined ? '' : ratio === null ? `≤ ${figure(row.budget)} ${row.unit}` : `≤ ${row.budget} ×`
  return [
    row.what,
    row.who,
    `${figure(summary.median)} ${row.unit}`,
    `${figure(p90)} ${row.unit}`,
    String(count),
    ratio === null ? '' : `${ratio.toFixed(2)} × ${row.against?.who}`,
    limit,
    { true: 'kept', false: '**missed**', null: '' }[String(isWithin(row))] ?? '',
  ]
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3)
}

/** Whether the machine is busy with something else: then only the ratios say something, and they too suffer. */
export function disturbance(): string | null {
  const [load = 0] = loadavg()
  const count = cpus().length
  return load < count / 2
    ? null
    : `the load is ${load.toFixed(1)} on ${count} processors: something else is running too (\`chrt -r 1 npm run bench\`, as root, takes precedence over it)`
}

/** Writes `bench/results/<date>.json`. @returns its path */
export function save(rows: readonly Row[], omissions: readonly Omission[]): string {
  const at = new Date().toISOString()
  const host = { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, memory: totalmem(), kernel: release() }
  const figures = rows.map((row) => ({ ...row, ...summarize(row.samples), ratio: ratioOf(row), within: isWithin(row) }))
  const folder = join(import.meta.dir, 'results')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${at.slice(0, 19).replaceAll(':', '-')}.json`)
  writeFileSync(file, `${JSON.stringify({ at, bun: Bun.version, host, rows: figures, omissions }, null, 1)}\n`)
  return file
}
