import { expect, test } from 'bun:test'
import { aView } from '../../../test/support/fake-control.ts'
import type { DescriptionView, ProcessView } from '../../wire/process.ts'
import { printDescriptions } from './description.ts'
import { printProcesses, printTree } from './processes.ts'
import type { Style } from './style.ts'
import { clockTimesIn, formatMemory, formatTime } from './units.ts'
import { printStopping, printWhys } from './why.ts'

const terminal: Style = { boxed: true, colour: false, width: null, clock: 'utc' }
const pipe: Style = { boxed: false, colour: false, width: null, clock: 'utc' }

const tree = [
  aView({ id: 1, name: 'redis', cpu: 1.24, memory: 7_654_321, restart_count: 2 }),
  aView({ id: 2, name: 'web', parent: 'redis', status: 'stopped', pid: null, cpu: 0, memory: 0, user: 'www-data' }),
  aView({ id: 3, name: 'leaf', parent: 'api' }),
  aView({ id: 4, name: 'api', parent: 'redis', status: 'queued', pid: null, last_pid: null }),
  aView({ id: 5, name: 'alone', parent: 'unknown' }),
]

test("[CL12] ls has pmon3's columns in pmon3's order", () => {
  expect(printProcesses(tree.slice(0, 2), terminal)).toBe(`\
╭────╥───────╥──────╥───╥─────────╥──────────╥──────╥────────╥─────────────────────╮
│ ID ║ Name  ║ PID  ║ ⟳ ║ Status  ║ User     ║ CPU  ║ Memory ║ Date                │
├────╫───────╫──────╫───╫─────────╫──────────╫──────╫────────╫─────────────────────┤
│ 1  ║ redis ║ 1001 ║ 2 ║ running ║ root     ║ 1.2% ║ 7.3 MB ║ 2026-11-20 08:00:00 │
│ 2  ║ web   ║ 1002 ║ 0 ║ stopped ║ www-data ║ 0.0% ║ 0.0 MB ║ 2026-11-20 08:00:00 │
╰────╨───────╨──────╨───╨─────────╨──────────╨──────╨────────╨─────────────────────╯
`)
})

test('[CL12] the date is the first to go, name and status stay', () => {
  expect(printProcesses(tree.slice(0, 1), { ...terminal, width: 60 })).toBe(`\
╭────╥───────╥──────╥───╥─────────╥──────╥──────╥────────╮
│ ID ║ Name  ║ PID  ║ ⟳ ║ Status  ║ User ║ CPU  ║ Memory │
├────╫───────╫──────╫───╫─────────╫──────╫──────╫────────┤
│ 1  ║ redis ║ 1001 ║ 2 ║ running ║ root ║ 1.2% ║ 7.3 MB │
╰────╨───────╨──────╨───╨─────────╨──────╨──────╨────────╯
`)
})

test('[CL14] --tree puts every process under its parent; a pid that never was is 0', () => {
  expect(printTree(tree, pipe)).toBe(`\
ID  Name        PID   ⟳  Status   User      CPU   Memory  Date
1   redis       1001  2  running  root      1.2%  7.3 MB  2026-11-20 08:00:00
2   ├─ web      1002  0  stopped  www-data  0.0%  0.0 MB  2026-11-20 08:00:00
4   └─ api      0     0  queued   root      0.0%  0.0 MB  2026-11-20 08:00:00
3      └─ leaf  1003  0  running  root      0.0%  0.0 MB  2026-11-20 08:00:00
5   alone       1005  0  running  root      0.0%  0.0 MB  2026-11-20 08:00:00
`)
})

function aDescription({ env = {}, ...process }: Partial<DescriptionView> & Pick<ProcessView, 'name'>): DescriptionView {
  return { ...aView(process), env }
}

test("[CL15] desc has pmon3's rows first, then ours, and leaves out what is empty", () => {
  const process = aDescription({
    id: 7,
    env: { PORT: '80', TITLE: 'two words', NONE: '' },
    name: 'web',
    status: 'restarting',
    pid: null,
    last_pid: 812,
    ready: false,
    run: 4,
    restart_count: 3,
    command: ['/srv/web', '--title', "it's here", ''],
    dependencies: ['redis', 'db'],
    groups: ['front', 'edge'],
    log: '/var/log/web.log',
    exit: { code: 3 },
    reason: 'web exited with code 3 after 2s; next try in 1.2s',
    next_try: '2026-11-20T08:00:01.250Z',
  })
  expect(printDescriptions([process], pipe)).toBe(`\
property        description
status          restarting
id              7
name            web
pid             812
restarted       3
process         /srv/web
args            --title 'it'\\''s here' ''
env-vars        PORT=80 TITLE='two words' NONE=
user            root
log             /var/log/web.log
no-autorestart  false
dependencies    redis db
groups          front, edge
created_at      2026-11-20 08:00:00
updated_at      2026-11-20 08:00:00
reason          web exited with code 3 after 2s; next try in 1.2s
next try        2026-11-20 08:00:01.250
ready           no
since           2026-11-20 08:00:00
run             4
last exit       code 3
restart         always
cwd             /srv
`)
})

test('[CL15] several are told one after the other', () => {
  const text = printDescriptions(
    [aDescription({ name: 'a' }), aDescription({ name: 'b', exit: { signal: 'SIGKILL' } })],
    terminal,
  )
  expect(text.split('\n\n')).toHaveLength(2)
  expect(text).toContain('SIGKILL')
})

const links = [
  { at: '2026-11-20T08:00:00.000Z', text: 'asked to start by root' },
  { at: '2026-11-20T08:00:01.250Z', text: 'ready: answered\x1b[2J' },
]

const sentences = ['web is running, since 2026-11-20T08:00:01.250Z.', 'It says \x1b[2J.']

test('[CL16] [WH1] why tells it in sentences, then lists the reasons with their times, newest last', () => {
  expect(printWhys([{ name: 'web', status: 'running', sentences, links }], terminal)).toBe(`\
web is running, since 2026-11-20 08:00:01.
It says \\u001b[2J.

2026-11-20 08:00:00.000  asked to start by root
2026-11-20 08:00:01.250  ready: answered\\u001b[2J
`)
})

test('[CL16] several are told apart', () => {
  const whys = [
    { name: 'web', status: 'running' as const, sentences: [], links: links.slice(0, 1) },
    { name: 'db', status: 'failed' as const, sentences: ['db has failed.'], links: links.slice(0, 1) },
  ]
  expect(printWhys(whys, pipe)).toBe(`\
web running
  2026-11-20 08:00:00.000  asked to start by root

db failed
  db has failed.

  2026-11-20 08:00:00.000  asked to start by root
`)
})

test('[WH5] why --stop lists who is on the way down, by the clock here', () => {
  const processes = [
    { id: 2, name: 'web', pid: 7, phase: 'asked' as const, waits_for: [], kill_at: null, text: 'web got SIGTERM.' },
    { id: 1, name: 'db', pid: 6, phase: 'draining' as const, waits_for: ['web'], kill_at: null, text: 'db waits.' },
  ]
  const head = ['Everything goes down, at 2026-11-20T08:00:01.250Z.', 'What is left in 1m gets SIGKILL.']
  expect(printStopping({ ending: true, forced_at: null, sentences: head, processes }, pipe)).toBe(`\
Everything goes down, at 2026-11-20 08:00:01. What is left in 1m gets SIGKILL.
  web got SIGTERM.
  db waits.
`)
})

test('[WH1] times of today are told without their day', () => {
  const now = new Date('2026-11-20T23:00:00.000Z')
  const text = 'at 2026-11-20T08:00:01.250Z and 2026-11-19T08:00:01.250Z'
  expect(clockTimesIn(text, pipe, now)).toBe('at 08:00:01 and 2026-11-19 08:00:01')
})

test.each([
  [0, '0.0 MB'],
  [900, '0.9 KB'],
  [1_048_575, '1024.0 KB'],
  [1_048_576, '1.0 MB'],
  [5_368_709_120, '5.0 GB'],
  [5_497_558_138_880, '5120.0 GB'],
])('[CL12] %d bytes are %s', (bytes, text) => {
  expect(formatMemory(bytes)).toBe(text)
})

test('[CL16] times are local ones, also where the clock is not UTC', () => {
  const script = `console.log(require('${import.meta.dir}/units.ts').formatTime('2026-07-20T22:05:01.007Z', { clock: 'local' }, 'milliseconds'))`
  const { stdout } = Bun.spawnSync([process.execPath, '-e', script], { env: { TZ: 'Europe/Berlin' } })
  expect(stdout.toString()).toBe('2026-07-21 00:05:01.007\n')
  expect(formatTime('2026-07-20T22:05:01.007Z', { clock: 'utc' })).toBe('2026-07-20 22:05:01')
  expect(formatTime('never', { clock: 'local' })).toBe('never')
})
