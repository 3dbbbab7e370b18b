import type { ConfigView } from '../../wire/declare.ts'
import { statuses, type ProcessView } from '../../wire/process.ts'
import type { SupervisorView } from '../../wire/routes.ts'
import type { Style } from './style.ts'
import { printTable, type Cell, type Column } from './table.ts'
import { formatTime } from './units.ts'

/** What `status` tells of a supervisor. */
export interface Summary extends SupervisorView {
  readonly socket: string
  /** The file of its settings; null: it has none. */
  readonly config: string | null
  readonly alarms: readonly string[]
  /** How many processes there are, in all and of each status that occurs. */
  readonly processes: { readonly all: number } & Readonly<Record<string, number>>
}

export function summaryOf(from: {
  readonly supervisor: SupervisorView
  readonly processes: readonly ProcessView[]
  readonly config: ConfigView | null
  readonly socket: string
}): Summary {
  const { supervisor, processes, config, socket } = from
  const counts = statuses.map((word) => [word, processes.filter(({ status }) => status === word).length] as const)
  return {
    ...supervisor,
    socket,
    config: config?.file ?? null,
    alarms: supervisor.alarms ?? [],
    processes: { all: processes.length, ...Object.fromEntries(counts.filter(([, count]) => count > 0)) },
  }
}

const columns: readonly Column[] = [
  { header: 'property', narrow: 'stay' },
  { header: 'description', narrow: 'wrap' },
]

/** A row with nothing to say is left out; alarms come last, one in a row: [DM63]. */
export function printSupervisor(summary: Summary, style: Style): string {
  const { version, pid, mode, started_at, file, config, socket, alarms, processes } = summary
  const properties: [string, string | null][] = [
    ['version', version],
    ['pid', String(pid)],
    ['mode', mode],
    ['since', formatTime(started_at, style)],
    ['socket', socket],
    ['config', config],
    [mode === 'up' ? 'file' : 'process file', file],
    ['processes', countsText(processes)],
  ]
  const rows = properties.flatMap(([property, value]): Cell[][] =>
    value === null ? [] : [[{ text: property, colour: 'id' }, { text: value }]],
  )
  const alarming = alarms.map((alarm): Cell[] => [
    { text: 'alarm', colour: 'bad' },
    { text: alarm, colour: 'bad' },
  ])
  return printTable(columns, [...rows, ...alarming], style)
}

function countsText({ all, ...others }: Summary['processes']): string {
  const parts = Object.entries(others).map(([word, count]) => `${count} ${word}`)
  return parts.length === 0 ? String(all) : `${all}: ${parts.join(', ')}`
}
