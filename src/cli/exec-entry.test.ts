import { describe, expect, test } from 'bun:test'

import { entryFlags } from '../config/entry-flags.ts'
import { formatProblem } from '../config/problem.ts'
import { processKeys } from '../config/process-keys.ts'
import { readEntry } from '../config/read-entry.ts'
import { changeFlags, entryOf, execFlags, inFlags, type GivenFlags } from './exec-entry.ts'

function given(flags: Readonly<Record<string, readonly string[] | true>>): GivenFlags {
  return new Map(Object.entries(flags))
}

function entry(flags: Readonly<Record<string, readonly string[] | true>>): object {
  const read = entryOf(given(flags))
  if (!read.ok) throw new Error(read.failure.message)
  return read.value
}

describe('the table of flags', () => {
  test('[CD30] is what the table of keys gives', () => {
    expect(execFlags).toEqual(entryFlags() as never)
  })

  test('[CD30] has every key but what is run, and every part of a table', () => {
    const said = new Set(execFlags.map(({ path }) => path.join('.')))
    for (const key of Object.keys(processKeys)) expect(said.has(key)).toBe(key !== 'command' && key !== 'file')
    const parts = ['backoff.initial', 'start_limit.burst', 'limits.nofile', 'schedule.time_zone']
    expect(parts.filter((part) => !said.has(part))).toEqual([])
    expect(said.has('dependencies.condition')).toBe(false)
  })

  test('[CD30] no two flags have one name', () => {
    const names = execFlags.flatMap(({ name, also = [], short }) => [
      name,
      ...also,
      ...(short === undefined ? [] : [short]),
    ])
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*$/)
  })

  test("[CD30] has pmon3's spellings", () => {
    const short = Object.fromEntries(
      execFlags.flatMap(({ name, short: letter }) => (letter === undefined ? [] : [[letter, name]])),
    )
    expect(short).toEqual({
      a: 'args',
      d: 'dependencies',
      e: 'env-vars',
      g: 'groups',
      l: 'log',
      n: 'no-autorestart',
      u: 'user',
    })
    expect(changeFlags.map(({ name }) => name).toSorted()).toEqual([
      'args',
      'autorestart',
      'dependencies',
      'env-vars',
      'log',
      'log-dir',
      'no-autorestart',
      'user',
    ])
  })
})

describe('what flags say', () => {
  test('[CD30] texts, lists, switches and parts of tables', () => {
    const flags = {
      name: ['web'],
      args: ["-k 'v w'"],
      env: ['A=1', 'B=x=y', 'C='],
      'env-vars': ['D=1', 'E=2'],
      'env-file': ['a.env', 'b,c.env'],
      dependencies: ['x, y', 'z'],
      groups: ['g'],
      monitors: ['tcp:1', '{"http": "http://x/?a=1,2", "retries": 3}'],
      ready: ['http://localhost/'],
      'stop-timeout': ['2s'],
      'backoff-initial': ['50ms'],
      'backoff-max': ['1s'],
      'limits-nofile': ['1024:4096'],
      'success-exit-codes': ['0,2'],
      'no-autorestart': true,
      'clean-env': true,
      timeout: ['5s'],
      wait: true,
    } as const
    expect(entry(flags)).toEqual({
      name: 'web',
      args: "-k 'v w'",
      env: { A: '1', B: 'x=y', C: '' },
      env_vars: 'D=1 E=2',
      env_file: ['a.env', 'b,c.env'],
      dependencies: ['x', 'y', 'z'],
      groups: ['g'],
      monitors: ['tcp:1', { http: 'http://x/?a=1,2', retries: 3 }],
      ready: 'http://localhost/',
      stop_timeout: '2s',
      backoff: { initial: '50ms', max: '1s' },
      limits: { nofile: '1024:4096' },
      success_exit_codes: ['0', '2'],
      no_auto_restart: true,
      clean_env: true,
    })
  })

  test('[CD30] a table or a list may be JSON, and a part of it said by its own flag', () => {
    const flags = {
      backoff: ['{"initial": "1s"}'],
      'backoff-max': ['2s'],
      dependencies: ['[{"name": "a,b"}, "c"]', 'd'],
    }
    expect(entry(flags)).toEqual({
      backoff: { initial: '1s', max: '2s' },
      dependencies: [{ name: 'a,b' }, 'c', 'd'],
    })
    expect(entry({ log: ['{x}'], args: ['{"a": 1}'] })).toEqual({ log: '{x}', args: '{"a": 1}' })
  })

  test('[CD30] what is switched off', () => {
    expect(entry({ autorestart: true, 'no-autostart': true })).toEqual({ no_auto_restart: false, autostart: false })
  })

  test.each([
    [{ env: ['A'] }, '--env: "A" is not NAME=VALUE.'],
    [{ env: ['=x'] }, '--env: "=x" is not NAME=VALUE.'],
    [{ ready: ['{"http"'] }, '--ready begins like JSON and is none: {"http"'],
    [{ 'no-autorestart': true, autorestart: true }, '--no-autorestart and --autorestart contradict each other.'],
    [
      { schedule: ['5m'], 'schedule-time-zone': ['UTC'] },
      '--schedule-time-zone does not go together with --schedule as a text.',
    ],
  ] as const)('[CD30] %j is no way to say it', (flags, message) => {
    expect(entryOf(given(flags))).toMatchObject({ ok: false, failure: { code: 'usage', message } })
  })

  test('[CD30] every flag with a good value is read without a problem', () => {
    const good: Readonly<Record<string, readonly string[]>> = {
      name: ['x'], args: ['-a'], cwd: ['/tmp'], env: ['A=1'], 'env-vars': ['A=1'], user: ['u'], group: ['g'], umask: ['022'], nice: ['-5'],
      ready: ['tcp:1'], 'start-timeout': ['1s'], monitors: ['tcp:1', 'http://x/'], restart: ['on-failure'],
      'backoff-initial': ['50ms'], 'backoff-factor': ['1.5'], 'backoff-max': ['1s'], 'backoff-jitter': ['0'], 'backoff-reset-after': ['1s'],
      'start-limit-burst': ['5'], 'start-limit-interval': ['10s'], 'success-exit-codes': ['0,1'], 'stop-signal': ['INT'],
      'stop-timeout': ['1s'], 'kill-mode': ['mixed'], log: ['x.log'], stdout: ['o.log'], stderr: ['e.log'], 'log-format': ['json'],
      'log-max-size': ['10MB'], 'log-max-age': ['1d'], 'log-keep': ['3'], groups: ['a,b'], instances: ['2'],
      'limits-nofile': ['10'], 'limits-core': ['unlimited'], 'limits-as': ['1G:2G'],
    } // prettier-ignore
    const flags = { ...good, 'clean-env': true, autostart: true, 'log-timestamps': true, significant: true } as const
    const read = readEntry({ name: 'exec', cwd: '/', env: {}, entry: { command: 'x', ...entry(flags) } })
    expect(read.ok ? read.warnings : read.problems).toEqual([])
  })
})

test('[CD30] problems are told in the words of the command line', () => {
  const told = readEntry({
    name: 'exec',
    cwd: '/',
    env: {},
    entry: {
      command: 'x',
      stop_timeout: '5',
      backoff: { initial: 'x' },
      monitors: [{ tpc: 1 }],
      dependencies: ['gone'],
      nope: 1,
    },
  })
  expect(told.ok).toBe(false)
  const lines = told.ok ? '' : told.problems.map(formatProblem).join('\n')
  expect(
    inFlags(lines)
      .split('\n')
      .map((line) => line.split(' ')[0] ?? ''),
  ).toEqual([
    '--stop-timeout:',
    '--backoff-initial:',
    '--monitors[0].tpc:',
    '--monitors[0]:',
    'nope:',
    '--dependencies:',
  ])
  expect(inFlags('/etc/p.yml:3:1: "x"\nuser: no\nno_auto_restart: x')).toBe(
    '/etc/p.yml:3:1: "x"\n--user: no\n--no-autorestart: x',
  )
})
