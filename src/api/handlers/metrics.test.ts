import { expect, test } from 'bun:test'
import { aControlServer } from '../../../test/support/control-server.ts'
import { aView, FakeControl } from '../../../test/support/fake-control.ts'
import { statuses } from '../../wire/process.ts'
import { renderMetrics } from './metrics.ts'

const supervisor = new FakeControl().supervisor()
const now = Date.parse('2026-11-20T08:01:30.500Z')

test('[AP52] the metrics of a tree, to the letter', () => {
  const text = renderMetrics({
    supervisor,
    processes: [
      aView({ name: 'web', cpu: 12.5, memory: 1048576, restart_count: 2 }),
      aView({ name: 'a"b\\c', status: 'failed', ready: false, pid: null }),
    ],
    now,
  })
  const families = text.split(/(?=# TYPE )/)
  expect(families[0]).toBe(
    `# TYPE coppice_supervisor info\n# HELP coppice_supervisor The supervisor that answers.\n` +
      `coppice_supervisor_info{version="1.2.3",mode="up"} 1\n`,
  )
  const samples = text.split('\n').filter((line) => !line.startsWith('#'))
  expect(samples).toContain('coppice_supervisor_start_time_seconds 1795161600')
  expect(samples).toContain('coppice_processes{status="running"} 1')
  expect(samples).toContain('coppice_processes{status="failed"} 1')
  expect(samples).toContain('coppice_processes{status="stuck"} 0')
  expect(samples).toContain('coppice_process_up{process="web"} 1')
  expect(samples).toContain('coppice_process_up{process="a\\"b\\\\c"} 0')
  expect(samples).toContain('coppice_process_ready{process="web"} 1')
  expect(samples).toContain('coppice_process_restarts_total{process="web"} 2')
  expect(samples).toContain('coppice_process_uptime_seconds{process="web"} 90.5')
  expect(samples).toContain('coppice_process_uptime_seconds{process="a\\"b\\\\c"} 0')
  expect(samples).toContain('coppice_process_cpu_ratio{process="web"} 0.125')
  expect(samples).toContain('coppice_process_memory_bytes{process="web"} 1048576')
  expect(text).toEndWith('\n# EOF\n')
})

test('[AP52] every sample belongs to the family before it, and every family is told once', () => {
  const text = renderMetrics({ supervisor, processes: statuses.map((status) => aView({ name: status, status })), now })
  const seen = new Set<string>()
  let [family, type] = ['', '']
  for (const line of text.split('\n').slice(0, -2)) {
    const [, kind, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? []
    if (kind === 'TYPE') {
      expect(seen).not.toContain(name)
      seen.add(name)
      ;[family, type] = [name, rest]
    } else if (kind === 'UNIT') expect(name).toEndWith(`_${rest}`)
    else if (kind === undefined) {
      const suffix = { counter: '_total', info: '_info' }[type] ?? ''
      expect(line).toMatch(new RegExp(`^${family}${suffix}(\\{[a-z]+="[^"\\n]*"(,[a-z]+="[^"\\n]*")*\\})? [0-9.]+$`))
    } else expect(name).toBe(family)
  }
  expect(seen.size).toBe(9)
})

test('[AP52] they are at /metrics, with the type that scrapers ask for', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  const answer = await server.open('/metrics')
  expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  expect(await answer.text()).toContain('coppice_process_up{process="web"} 1\n')
})
