import type { ProcessView } from '../../wire/process.ts'
import { statusColour } from './status.ts'
import type { Style } from './style.ts'
import { printTable, type Cell, type Column } from './table.ts'
import { inTreeOrder } from './tree.ts'
import { formatCpu, formatMemory, formatTime } from './units.ts'

/** pmon3's columns in pmon3's order. On a narrow terminal the date goes first, then what can be guessed. */
const columns: readonly Column[] = [
  { header: 'ID', narrow: 'stay' },
  { header: 'Name', narrow: 'cut' },
  { header: 'PID', narrow: 'stay' },
  { header: '⟳', narrow: { leaves: 1 } },
  { header: 'Status', narrow: 'stay' },
  { header: 'User', narrow: { leaves: 4 } },
  { header: 'CPU', narrow: { leaves: 2 } },
  { header: 'Memory', narrow: { leaves: 3 } },
  { header: 'Date', narrow: { leaves: 5 } },
]

/** The table of `ls`: [CL12]. */
export function printProcesses(processes: readonly ProcessView[], style: Style): string {
  return printTable(
    columns,
    processes.map((process) => row(process, { name: process.name, style })),
    style,
  )
}

/** The same, with every process under its parent: [CL14]. */
export function printTree(processes: readonly ProcessView[], style: Style): string {
  return printTable(
    columns,
    inTreeOrder(processes).map(({ process, branch }) => row(process, { name: `${branch}${process.name}`, style })),
    style,
  )
}

function row(process: ProcessView, { name, style }: { name: string; style: Style }): Cell[] {
  return [
    { text: String(process.id), colour: 'id' },
    { text: name },
    { text: String(process.pid ?? process.last_pid ?? 0) },
    { text: String(process.restart_count) },
    { text: process.status, colour: statusColour(process.status) },
    { text: process.user },
    { text: formatCpu(process.cpu) },
    { text: formatMemory(process.memory) },
    { text: formatTime(process.updated_at, style) },
  ]
}
