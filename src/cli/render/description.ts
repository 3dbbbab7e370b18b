import type { DescriptionView, ProcessView } from '../../wire/process.ts'
import { statusColour } from './status.ts'
import type { Style } from './style.ts'
import { printTable, type Cell, type Column } from './table.ts'
import { formatCpu, formatMemory, formatTime, quoted } from './units.ts'

const columns: readonly Column[] = [
  { header: 'property', narrow: 'stay' },
  { header: 'description', narrow: 'wrap' },
]

/** One table for each process: [CL15]. */
export function printDescriptions(processes: readonly DescriptionView[], style: Style): string {
  return processes.map((process) => printTable(columns, rows(process, style), style)).join('\n')
}

/** pmon3's rows in pmon3's order, then ours. A row with nothing to say is left out. */
function rows(process: DescriptionView, style: Style): Cell[][] {
  const [program = '', ...args] = process.command
  const properties: [string, string][] = [
    ['status', process.status],
    ['id', String(process.id)],
    ['name', process.name],
    ['pid', String(process.pid ?? process.last_pid ?? '')],
    ['restarted', String(process.restart_count)],
    ['process', program],
    ['args', args.map(quoted).join(' ')],
    ['env-vars', describeEnv(process.env)],
    ['user', process.user],
    ['log', process.log ?? ''],
    ['no-autorestart', String(process.restart === 'no')],
    ['dependencies', process.dependencies.join(' ')],
    ['groups', process.groups.join(', ')],
    ['created_at', formatTime(process.created_at, style)],
    ['updated_at', formatTime(process.updated_at, style)],
    ['reason', process.reason],
    ['next try', process.next_try === null ? '' : formatTime(process.next_try, style, 'milliseconds')],
    ['ready', process.ready ? 'yes' : 'no'],
    ['since', formatTime(process.since, style)],
    ['run', process.run === 0 ? '' : String(process.run)],
    ['last exit', describeExit(process.exit)],
    ['parent', process.parent ?? ''],
    ['restart', process.restart],
    ['cwd', process.cwd],
    ['cpu', process.pid === null ? '' : formatCpu(process.cpu)],
    ['memory', process.pid === null ? '' : formatMemory(process.memory)],
  ]
  return properties
    .filter(([, value]) => value !== '')
    .map(([property, value]) => [
      { text: property, colour: 'id' },
      { text: value, ...(property === 'status' ? { colour: statusColour(process.status) } : {}) },
    ])
}

/** As one would write it before a command in a shell. */
function describeEnv(env: DescriptionView['env']): string {
  return Object.entries(env ?? {})
    .map(([name, value]) => `${name}=${value === '' ? '' : quoted(value)}`)
    .join(' ')
}

function describeExit(exit: ProcessView['exit']): string {
  if (exit === null) return ''
  return 'code' in exit ? `code ${exit.code}` : exit.signal
}
