import { statuses, type ProcessView } from '../../wire/process.ts'
import type { SupervisorView } from '../../wire/routes.ts'
import type { Handler } from '../request.ts'

/** [AP52]: OpenMetrics. */
export const metrics: Handler = ({ control }) => ({
  tag: 'text',
  type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: renderMetrics({ supervisor: control.supervisor(), processes: control.list(), now: Date.now() }),
})

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'info'
  readonly unit?: 'seconds' | 'bytes' | 'ratio'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** @param now milliseconds since 1970 */
export function renderMetrics(input: {
  readonly supervisor: SupervisorView
  readonly processes: readonly ProcessView[]
  readonly now: number
}): string {
  return `${[...supervisorFamilies(input.supervisor), ...processFamilies(input)].map(written).join('')}# EOF\n`
}

function supervisorFamilies({ version, mode, started_at }: SupervisorView): Family[] {
  return [
    {
      name: 'coppice_supervisor',
      type: 'info',
      help: 'The supervisor that answers.',
      samples: [{ labels: { version, mode }, value: 1 }],
    },
    {
      name: 'coppice_supervisor_start_time_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'When the supervisor started, since 1970.',
      samples: [{ value: Date.parse(started_at) / 1000 }],
    },
  ]
}

function processFamilies({ processes, now }: { processes: readonly ProcessView[]; now: number }): Family[] {
  const counts = Map.groupBy(processes, ({ status }) => status)
  const each = (value: (view: ProcessView) => number): Sample[] =>
    processes.map((view) => ({ labels: { process: view.name }, value: value(view) }))
  return [
    {
      name: 'coppice_processes',
      type: 'gauge',
      help: 'Processes by status.',
      samples: statuses.map((status) => ({ labels: { status }, value: counts.get(status)?.length ?? 0 })),
    },
    {
      name: 'coppice_process_up',
      type: 'gauge',
      help: '1 while the process runs.',
      samples: each(({ status }) => Number(status === 'running')),
    },
    {
      name: 'coppice_process_ready',
      type: 'gauge',
      help: '1 while the process is ready.',
      samples: each(({ ready }) => Number(ready)),
    },
    {
      name: 'coppice_process_restarts',
      type: 'counter',
      help: 'Restarts, as in the column of the list: a stop or a reset begins anew.',
      samples: each(({ restart_count }) => restart_count),
    },
    {
      name: 'coppice_process_uptime_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long the process has been running; 0 while it does not.',
      samples: each((view) => uptimeOf(view, now) / 1000),
    },
    {
      name: 'coppice_process_cpu_ratio',
      type: 'gauge',
      unit: 'ratio',
      help: 'Share of one core over the last interval, with descendants.',
      samples: each(({ cpu }) => cpu / 100),
    },
    {
      name: 'coppice_process_memory_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Memory of the process and its descendants.',
      samples: each(({ memory }) => memory),
    },
  ]
}

function uptimeOf({ status, since }: ProcessView, now: number): number {
  return status === 'running' ? Math.max(0, now - Date.parse(since)) : 0
}

const suffixes: Readonly<Record<Family['type'], string>> = { gauge: '', counter: '_total', info: '_info' }

function written({ name, type, unit, help, samples }: Family): string {
  const head = [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
  ]
  const lines = samples.map(({ labels = {}, value }) => `${name}${suffixes[type]}${labelled(labels)} ${value}`)
  return `${[...head, ...lines].join('\n')}\n`
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
