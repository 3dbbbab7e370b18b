import { describe, expect, test } from 'bun:test'

import type { ProcessSpec } from '../core/spec.ts'
import { changesBetween } from './changes.ts'
import type { Entry } from './plain.ts'
import { processKeys } from './process-keys.ts'
import { readEntry, type EntrySource } from './read-entry.ts'

function specOf(entry: Entry, given: Partial<EntrySource> = {}): ProcessSpec {
  const read = readEntry({ name: 'p', cwd: '/work', env: {}, ...given, entry: { name: 'web', ...entry } })
  const [spec] = read.ok ? read.specs : []
  if (spec === undefined) throw new Error(JSON.stringify(read))
  return spec
}

function between(before: Entry, after: Entry): { fields: string[]; restarts: boolean } {
  const base = 'command' in before || 'file' in before ? {} : { command: 'web' }
  const { fields, restarts } = changesBetween(specOf({ ...base, ...before }), specOf({ ...base, ...after }))
  return { fields: fields.map(({ field, from, to }) => `${field}: ${from} → ${to}`), restarts }
}

test('[CD29] what means the same is no change, however it is written', () => {
  const one = {
    command: 'web -p 80',
    stop_timeout: '2s',
    backoff: { initial: '100ms' },
    dependencies: ['a', 'b'],
    groups: ['x', 'y'],
    log_dir: '/var/log',
    env: { A: '1', B: '2' },
    limits: { nofile: 1024 },
    stop_signal: 'TERM',
    ready: 'tcp:80',
  }
  const other = {
    command: 'web',
    args: ['-p', 80],
    stop_timeout: '2000ms',
    dependencies: [{ name: 'b' }, 'a'],
    groups: ['y', 'x'],
    log: '/var/log/web.log',
    env_vars: 'B=2 A=1',
    limits: { nofile: '1024:1024' },
    ready: { tcp: 80, timeout: '1s' },
  }
  expect(between(one, other)).toEqual({ fields: [], restarts: false })
})

describe('what can change live', () => {
  test.each<[Entry, Entry, string]>([
    [{}, { stop_timeout: '2s' }, 'stop_timeout: 10s → 2s'],
    [{ stop_timeout: '1500ms' }, {}, 'stop_timeout: 1500ms → 10s'],
    [{}, { stop_signal: 'INT' }, 'stop_signal: SIGTERM → INT'],
    [{}, { kill_mode: 'mixed' }, 'kill_mode: group → mixed'],
    [{ restart: 'on-failure' }, {}, 'restart: on-failure → always'],
    [{}, { no_auto_restart: true }, 'no_auto_restart: false → true'],
    [{}, { backoff: { max: '1m' } }, 'backoff.max: 10s → 1m'],
    [{}, { start_limit: { burst: 5, interval: '10s' } }, 'start_limit: none → {burst: 5, interval: 10s}'],
    [{}, { success_exit_codes: [0, 2] }, 'success_exit_codes: [0] → [0, 2]'],
    [{ ready: 'tcp:1' }, { ready: { tcp: 2, retries: 1 } }, 'ready: tcp:1 → {tcp: 2, retries: 1}'],
    [{}, { monitors: ['http://x/'] }, 'monitors: [] → ["http://x/"]'],
    [{}, { groups: ['g'] }, 'groups: [] → [g]'],
    [{}, { significant: true }, 'significant: false → true'],
    [{}, { autostart: false }, 'autostart: true → false'],
    [{}, { start_timeout: '1h' }, 'start_timeout: 60s → 1h'],
  ])('[CD29] %j → %j', (before, after, field) => {
    expect(between(before, after)).toEqual({ fields: [field.replace(': 60s', ': 1m')], restarts: false })
  })

  test('[CD29] what calls for it', () => {
    const { fields, restarts } = between(
      { oneshot: true, schedule: '5m' },
      { oneshot: true, schedule: '0 3 * * *', on_signal: 'HUP', shutdown: true },
    )
    expect(fields).toEqual(['schedule: 5m → 0 3 * * *', 'on_signal: none → HUP', 'shutdown: false → true'])
    expect(restarts).toBe(false)
  })

  test('[CD29] [PN13] the wait for dependents', () => {
    const db = { name: 'db', command: 'db' }
    const known = new Map([['web', specOf({ command: 'web', dependencies: ['db'] })]])
    const waited = specOf(db, { known, dependentWait: 2000 })
    expect(changesBetween(specOf(db), waited)).toEqual({
      fields: [{ field: 'ready', from: 'none', to: 'after 2s' }],
      restarts: false,
    })
  })
})

describe('what only a new run takes over', () => {
  test.each<[Entry, Entry, string]>([
    [{ command: 'web' }, { command: '/bin/web', cwd: '/work' }, 'command: web → /bin/web'],
    [{ command: 'web' }, { command: 'web -a "b c"' }, 'args: [] → [-a, "b c"]'],
    [{ file: '/a/x', args: '-a' }, { file: '/a/x', args: "-a 'b'" }, "args: -a → -a 'b'"],
    [{}, { cwd: '/tmp' }, 'cwd: /work → /tmp'],
    [{ env: { A: '1' } }, { env: { A: '2' } }, 'env.A: 1 → 2'],
    [{}, { env_vars: 'A=' }, 'env.A: none → ""'],
    [{ env: { A: '1' } }, {}, 'env.A: 1 → none'],
    [{}, { clean_env: true }, 'clean_env: false → true'],
    [{}, { user: 'www' }, 'user: none → www'],
    [{}, { group: 'www' }, 'group: none → www'],
    [{}, { umask: '022' }, 'umask: none → 022'],
    [{ nice: 3 }, {}, 'nice: 3 → none'],
    [{}, { limits: { nofile: '10:20' } }, 'limits.nofile: none → 10:20'],
    [{ log: 'a.log' }, { log: 'b.log' }, 'log: a.log → b.log'],
    [{ log: 'a.log' }, { log_dir: '/x' }, 'log: a.log → /x/web.log'],
    [{}, { stderr: 'SUPPRESS' }, 'stderr: STDERR → SUPPRESS'],
    [{}, { log_timestamps: true }, 'log_timestamps: false → true'],
    [{}, { log_max_age: '1d' }, 'log_max_age: none → 1d'],
    [{}, { parent: 'db' }, 'parent: none → db'],
    [{}, { dependencies: ['db'] }, 'dependencies: [] → [db]'],
    [
      { dependencies: ['db'] },
      { dependencies: [{ name: 'db', condition: 'started' }] },
      'dependencies: [db] → [{name: db, condition: started, on_exit: ignore}]',
    ],
  ])('[CD29] %j → %j', (before, after, field) => {
    expect(between(before, after)).toEqual({ fields: [field], restarts: true })
  })

  test('[CD29] the same words with another meaning are told by what they mean', () => {
    const given = { variables: true, env: { X: '1' } }
    const later = { variables: true, env: { X: '2' } }
    const entry = { command: 'web', args: '-x $X', log: 'x.log' }
    const { fields } = changesBetween(specOf(entry, given), specOf(entry, { ...later, cwd: '/else' }))
    expect(fields).toEqual([
      { field: 'args', from: '[-x, 1]', to: '[-x, 2]' },
      { field: 'cwd', from: '/work', to: '/else' },
      { field: 'log', from: '/work/x.log', to: '/else/x.log' },
    ])
  })
})

test('[CD29] no key is forgotten', () => {
  const base = { command: 'x', oneshot: true }
  const other: Record<string, unknown> = {
    command: 'y', file: '/y', args: '-a', cwd: '/c', env: { A: '1' }, env_vars: 'B=1', clean_env: true, user: 'u', group: 'g',
    umask: '022', nice: 1, limits: { cpu: 5 }, parent: 'p', dependencies: ['d'], start_timeout: '1s', monitors: ['tcp:1'],
    restart: 'on-failure', no_auto_restart: true, backoff: { factor: 3 }, start_limit: { burst: 1, interval: '1s' },
    success_exit_codes: [1], stop_signal: 'INT', stop_timeout: '1s', kill_mode: 'process', autostart: false, prerun: ['job'],
    schedule: '5m', on_signal: 'HUP', shutdown: true, terminate: true, significant: true, log: 'l', log_dir: 'd', stdout: 'o',
    stderr: 'e', log_timestamps: true, log_format: 'json', log_max_size: '1k', log_max_age: '1s', log_keep: 1, groups: ['g'],
    restart_prevent_exit_codes: [3], on_start_limit: 'exit', flap_detection: false,
    restart_budget: { intensity: 1, period: '1s' }, hooks: { on_exit: 'a' },
  } // prettier-ignore
  const known = new Map([['job', specOf({ name: 'job', command: 'job', oneshot: true })]])
  const untold = Object.keys(processKeys).filter((key) => {
    const changed = key === 'file' ? { file: '/y', oneshot: true } : { ...base, [key]: other[key] }
    return other[key] !== undefined && changesBetween(specOf(base), specOf(changed, { known })).fields.length === 0
  })
  expect(untold).toEqual([])
  const untried = Object.keys(processKeys).filter((key) => other[key] === undefined)
  expect(untried).toEqual(['name', 'env_file', 'ready', 'oneshot', 'instances'])
})
