import { describe, expect, test } from 'bun:test'

import { planOf, problemsIn, specOf, specsOf } from '../../test/support/config.ts'
import type { ProcessSpec } from '../core/spec.ts'

/** A process of our dialect with these keys, one line each. */
async function withKeys(keys: string, env: Record<string, string> = {}): Promise<ProcessSpec> {
  return specOf('p.yml', `processes:\n  - command: web\n    ${keys.replaceAll('\n', '\n    ')}\n`, { env })
}

async function problemsWith(keys: string): Promise<string[]> {
  return problemsIn('p.yml', `processes:\n  - command: web\n    ${keys.replaceAll('\n', '\n    ')}\n`)
}

test('[CD3] the defaults', async () => {
  const { dialect, settings, specs } = await planOf(
    'p.yml',
    'processes:\n  - command: web --port 80\n    oneshot: false\n',
  )
  expect(dialect).toBe('coppice')
  expect(settings).toEqual({
    prologue: [],
    shutdownMax: 75_000,
    logger: { output: { tag: 'inherit-stderr' }, format: 'text', level: 'info', pidinfo: 'debug' },
    groups: new Map(),
  })
  expect(specs).toEqual([
    {
      name: 'web',
      instanceOf: null,
      command: ['web', '--port', '80'],
      cwd: '/work',
      env: { inherit: true, set: new Map() },
      identity: { user: null, group: null, umask: null, nice: null },
      limits: new Map(),
      output: {
        stdout: { tag: 'inherit-stdout' },
        stderr: { tag: 'inherit-stderr' },
        access: null,
        timestamps: false,
        format: 'raw',
        maxSize: null,
        maxAge: null,
        keep: null,
      },
      edges: [],
      parent: null,
      ready: null,
      startTimeout: 60_000,
      monitors: [],
      restart: 'always',
      endIsFailure: false,
      delay: { tag: 'backoff', initial: 100, factor: 2, max: 10_000, jitter: 0.1, resetAfter: 10_000 },
      startLimit: null,
      restartPreventExitCodes: [],
      onStartLimit: 'nothing',
      flapDetection: null,
      restartBudget: null,
      successExitCodes: [0],
      stop: { signal: 'SIGTERM', timeout: 10_000, mode: 'group' },
      oneshot: false,
      autostart: true,
      prerun: [],
      prerunFailure: 'fail',
      trigger: { signal: null, schedule: null, shutdown: false, terminate: false },
      significant: false,
      groups: [],
      hooks: [],
      declared: {
        entry: { command: 'web --port 80', oneshot: false },
        cwd: '/work',
        variables: true,
        file: null,
      },
    },
  ])
})

describe('each key does what it says', () => {
  test.each([
    ['[CD16]', 'user: www', { identity: { user: 'www' } }],
    ['[CD16]', 'user: 1000\ngroup: 5', { identity: { user: '1000', group: '5' } }],
    ['[CF18]', 'umask: 022', { identity: { umask: 0o22 } }],
    ['[CF18]', 'umask: "0027"', { identity: { umask: 0o27 } }],
    ['[CD16]', 'nice: -5', { identity: { nice: -5 } }],
    ['[CD22]', 'restart: on-failure', { restart: 'on-failure' }],
    ['[CD22]', 'restart: no', { restart: 'no', endIsFailure: false }],
    ['[PN7]', 'no_auto_restart: true\nnice: 0', { restart: 'no', endIsFailure: true }],
    [
      '[CD22]',
      'backoff: {initial: 1s, factor: 1.5, max: 1m, jitter: 0, reset_after: 5m}',
      { delay: { initial: 1000, factor: 1.5, max: 60_000, jitter: 0, resetAfter: 300_000 } },
    ],
    ['[CD22]', 'backoff: {initial: 30s}', { delay: { initial: 30_000, max: 30_000 } }],
    ['[CD22]', 'start_limit: {burst: 5, interval: 10s}', { startLimit: { burst: 5, interval: 10_000 } }],
    ['[CD22]', 'success_exit_codes: [0, 2]', { successExitCodes: [0, 2] }],
    ['[CD22]', 'success_exit_codes: 3', { successExitCodes: [3] }],
    ['[CD22]', 'restart: on-abnormal', { restart: 'on-abnormal' }],
    ['[CD22]', 'restart: on-success', { restart: 'on-success' }],
    ['[CD22]', 'restart_prevent_exit_codes: [3, 4]', { restartPreventExitCodes: [3, 4] }],
    [
      '[CD22]',
      'start_limit: {burst: 1, interval: 1s}\non_start_limit: stop-tree',
      { startLimit: { burst: 1, interval: 1000 }, onStartLimit: 'stop-tree' },
    ],
    ['[CD31]', 'flap_detection: true', { flapDetection: { restarted: 5, countdown: 60_000, decrement: 30_000 } }],
    ['[CD31]', 'flap_detection: false', { flapDetection: 'off' }],
    [
      '[CD31]',
      'flap_detection: {restarted: 2, countdown: 10, decrement: 0, interval: 1s}',
      { flapDetection: { restarted: 2, countdown: 10_000, decrement: 0 } },
    ],
    ['[CD32]', 'restart_budget: {intensity: 3, period: 10s}', { restartBudget: { intensity: 3, period: 10_000 } }],
    [
      '[CD23]',
      'stop_signal: INT\nstop_timeout: 1m\nkill_mode: mixed',
      { stop: { signal: 'SIGINT', timeout: 60_000, mode: 'mixed' } },
    ],
    ['[CD23]', 'stop_signal: sigquit', { stop: { signal: 'SIGQUIT' } }],
    ['[CD23]', 'on_signal: HUP', { trigger: { signal: 'SIGHUP' }, oneshot: true, autostart: false, restart: 'no' }],
    ['[CD21]', 'oneshot: true', { oneshot: true, autostart: true, restart: 'no' }],
    ['[CD21]', 'oneshot: true\nrestart: on-failure', { oneshot: true, restart: 'on-failure' }],
    ['[CD21]', 'autostart: false', { oneshot: false, autostart: false }],
    ['[CD21]', 'schedule: 5m\nautostart: true', { oneshot: true, autostart: true }],
    ['[CD17]', 'schedule: {every: 10m}', { trigger: { schedule: { tag: 'every', period: 600_000 } } }],
    [
      '[CD17]',
      'schedule: "0 3 * * *"',
      { trigger: { schedule: { tag: 'cron', expression: '0 3 * * *', timeZone: null } } },
    ],
    ['[CD17]', 'schedule: "@daily"', { trigger: { schedule: { tag: 'cron', expression: '@daily' } } }],
    [
      '[CD17]',
      'schedule: {cron: "*/5 * * * * *", time_zone: Europe/Berlin}',
      { trigger: { schedule: { expression: '*/5 * * * * *', timeZone: 'Europe/Berlin' } } },
    ],
    ['[CD18]', 'on_signal: HUP\nshutdown: true\nterminate: true', { trigger: { shutdown: true, terminate: true } }],
    ['[CD3]', 'significant: true', { significant: true }],
    ['[CD3]', 'groups: [a, b c]', { groups: ['a', 'b c'] }],
    ['[CF7]', 'cwd: sub', { cwd: '/work/sub' }],
    ['[CF7]', 'cwd: ~/x', { cwd: '/home/me/x' }],
    ['[CD24]', 'log: web.log', { output: { stdout: { path: '/work/web.log' }, stderr: { path: '/work/web.log' } } }],
    [
      '[CD24]',
      'log: web.log\nstderr: STDERR',
      { output: { stdout: { path: '/work/web.log' }, stderr: { tag: 'inherit-stderr' } } },
    ],
    ['[CF8]', 'log: SUPPRESS', { output: { stdout: { tag: 'discard' }, stderr: { tag: 'discard' } } }],
    [
      '[CF8]',
      'stdout: STDERR\nstderr: STDOUT',
      { output: { stdout: { tag: 'inherit-stderr' }, stderr: { tag: 'inherit-stdout' } } },
    ],
    ['[CD24]', 'log_timestamps: true\nlog_format: json', { output: { timestamps: true, format: 'json' } }],
    [
      '[CF18]',
      'log_max_size: 10MB\nlog_max_age: 7d\nlog_keep: 3',
      { output: { maxSize: 10 * 1024 * 1024, maxAge: 7 * 86_400_000, keep: 3 } },
    ],
    ['[CF18]', 'log_max_size: 1.5k', { output: { maxSize: 1536 } }],
    ['[CF16]', 'start_timeout: 1h30m', { startTimeout: 5_400_000 }],
    ['[CD16]', 'limits: {nofile: 1024}', { limits: new Map([['nofile', { soft: 1024, hard: 1024 }]]) }],
    ['[CD16]', 'limits: {nofile: "1024:4096"}', { limits: new Map([['nofile', { soft: 1024, hard: 4096 }]]) }],
    [
      '[CD16]',
      'limits: {core: unlimited, as: 2G}',
      {
        limits: new Map([
          ['as', { soft: 2 ** 31, hard: 2 ** 31 }],
          ['core', { soft: Infinity, hard: Infinity }],
        ]),
      },
    ],
    [
      '[CD16]',
      'limits: {nproc: {soft: 10, hard: unlimited}}',
      { limits: new Map([['nproc', { soft: 10, hard: Infinity }]]) },
    ],
  ] as const)('%s %s', async (_rule, keys, expected) => {
    expect(await withKeys(keys)).toMatchObject(expected)
  })
})

describe('and refuses what it cannot be', () => {
  test.each([
    ['[CD16]', 'nice: 20', '3:11: "nice" must be a whole number from -20 to 19, not 20'],
    ['[CD16]', 'nice: high', '3:11: "nice" must be a whole number from -20 to 19, not "high"'],
    ['[CF18]', 'umask: 0999', '3:12: "umask" must be octal digits such as 022, not 0999'],
    ['[CF18]', 'umask: 01000', '3:12: "umask" must be octal digits such as 022, not 01000'],
    [
      '[CD22]',
      'restart: never',
      '3:14: "restart" must be one of always, on-failure, on-abnormal, on-success, no, not "never"',
    ],
    [
      '[CD22]',
      'restart: alway',
      '3:14: "restart" must be one of always, on-failure, on-abnormal, on-success, no, not "alway" — did you mean "always"?',
    ],
    [
      '[CD22]',
      'restart: [always]',
      '3:14: "restart" must be one of always, on-failure, on-abnormal, on-success, no, not a list',
    ],
    ['[CD22]', 'backoff: 5s', '3:14: "backoff" must be a table, not "5s"'],
    ['[CD22]', 'backoff: {factor: 0.5}', '3:23: "factor" must be a number from 1 to 1000, not 0.5'],
    ['[CD22]', 'backoff: {intial: 1s}', '3:15: unknown key "intial" — did you mean "initial"?'],
    ['[CD22]', 'backoff: {x: 1s}', '3:15: unknown key "x" — there are initial, factor, max, jitter and reset_after'],
    ['[CD22]', 'start_limit: {burst: 5}', '3:18: "start_limit" needs "interval"'],
    [
      '[CD22]',
      'success_exit_codes: [0, 256]',
      '3:29: "success_exit_codes" must be a whole number from 0 to 255, not 256',
    ],
    ['[CD23]', 'stop_signal: SIGFOO', '3:18: "stop_signal" must be a signal such as SIGTERM, not "SIGFOO"'],
    [
      '[CD23]',
      'on_signal: KILL',
      '3:16: "on_signal" must be one of the signals SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, not "KILL"',
    ],
    [
      '[CF16]',
      'stop_timeout: 5',
      '3:19: "stop_timeout" must be a duration such as 500ms, 2s or 1h30m, not 5 — write the unit: "5s" or "5ms"',
    ],
    ['[CF16]', 'stop_timeout: -1s', '3:19: "stop_timeout" must be a duration such as 500ms, 2s or 1h30m, not "-1s"'],
    [
      '[CF16]',
      'start_timeout: 0',
      '3:20: "start_timeout" must be a duration longer than 0 such as 500ms, 2s or 1h30m, not 0',
    ],
    ['[CD21]', 'oneshot: perhaps', '3:14: "oneshot" must be true or false, not "perhaps"'],
    [
      '[CD17]',
      'schedule: "61 * * * *"',
      '3:15: "schedule" must be a cron expression such as "0 3 * * *" or @daily, not "61 * * * *" — Invalid value for minute: 61',
    ],
    [
      '[CD17]',
      'schedule: tomorrow',
      '3:15: "schedule" must be a cron expression such as "0 3 * * *" or @daily, not "tomorrow" — five fields are needed',
    ],
    [
      '[CD17]',
      'schedule: {cron: "0 0 31 2 *"}',
      '3:22: "cron" must be a cron expression such as "0 3 * * *" or @daily, not "0 0 31 2 *" — it never comes true',
    ],
    [
      '[CD17]',
      'schedule: {cron: "0 3 * * *", time_zone: Mars/Olympus}',
      '3:46: "time_zone" must be a time zone such as Europe/Berlin, not "Mars/Olympus"',
    ],
    [
      '[CD17]',
      'schedule: {every: 1s, cron: "* * * * *"}',
      '3:15: "schedule" must be `every` or `cron`, one of the two, not a table',
    ],
    ['[CF18]', 'log_max_size: big', '3:19: "log_max_size" must be a size such as 512k, 10MB or 1G, not "big"'],
    ['[CD16]', 'limits: {files: 5}', '3:14: unknown key "files"'],
    [
      '[CD16]',
      'limits: {nofile: "9:5"}',
      '3:22: "nofile" must be a number, a size such as 64MB, unlimited, or two of them as soft:hard, not "9:5"',
    ],
    [
      '[CD16]',
      'limits: {nofile: {soft: 9, hard: 5}}',
      '3:22: "nofile" must be `soft` and `hard`, the first not above the second, not a table',
    ],
    [
      '[CF10]',
      'name: -x',
      '3:11: "name" must be a name of letters, digits and ._@+-, not beginning with . or -, and not all digits, not "-x"',
    ],
    [
      '[CF10]',
      'name: 12',
      '3:11: "name" must be a name of letters, digits and ._@+-, not beginning with . or -, and not all digits, not 12',
    ],
    ['[CD3]', 'groups: {a: 1}', '3:13: "groups" must be the name of a group, not a table'],
  ])('%s %s', async (_rule, keys, problem) => {
    const [first = ''] = await problemsWith(keys)
    expect(first).toStartWith(`p.yml:${problem}`)
  })

  test('[CF15] NUL characters', async () => {
    expect(
      await problemsIn('p.json', String.raw`{"processes": [{"command": ["a\u0000b"], "env": {"A": "\u0000"}}]}`),
    ).toEqual([
      'p.json:1:29: "command" must be a text without NUL characters, not "a\\u0000b"',
      'p.json:1:55: "A" must be a text, not "\\u0000"',
    ])
  })
})

test.each(['a', 'web.1', 'a_b-c+d@e', '_x', '+x', '@x', '1a', 'x'.repeat(200)])('[CF10] %s is a name', async (name) => {
  expect((await withKeys(`name: "${name}"`)).name).toBe(name)
})

test.each(['', '.x', '-x', 'a b', 'a/b', 'ü', '123', 'a\nb', 'x'.repeat(201)])('[CF10] %j is none', async (name) => {
  expect(await problemsWith(`name: ${JSON.stringify(name)}`)).toHaveLength(1)
})

describe('contradictions', () => {
  test.each([
    ['file: /x', '"command" and "file" are there together — keep one of them'],
    ['restart: no\nno_auto_restart: true', '"restart" and "no_auto_restart" are there together — keep one of them'],
    [
      'oneshot: true\nrestart: always',
      'a oneshot that ended well is not restarted: "restart" must be no, on-failure or on-abnormal',
    ],
    ['schedule: 5m\noneshot: false', 'what "schedule" calls for must end: it is a oneshot'],
    ['on_signal: HUP\noneshot: false', 'what "on_signal" calls for must end: it is a oneshot'],
    ['backoff: {initial: 2s, max: 1s}', 'the first delay of the backoff is longer than the longest'],
    ['oneshot: true\nready: tcp:1', 'warning: "ready" does nothing here: a oneshot is ready when it has succeeded'],
    ['shutdown: true', 'warning: "shutdown" does nothing without "on_signal" or "schedule"'],
    ['on_start_limit: exit', 'warning: "on_start_limit" does nothing without "start_limit"'],
    [
      'oneshot: true\nrestart: on-success',
      'a oneshot that ended well is not restarted: "restart" must be no, on-failure or on-abnormal',
    ],
    ['terminate: true', 'warning: "terminate" does nothing without "on_signal" or "schedule"'],
  ])('[CD18] %s', async (keys, problem) => {
    const problems = await problemsWith(keys)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toEndWith(problem)
  })
})

test('[CF19] a stop timeout longer than the longest shutdown', async () => {
  expect(await problemsWith('name: slow\nstop_timeout: 2m')).toEqual([
    'p.yml:3:11: warning: "slow" may take 2m to stop, and a shutdown is forced after 1m15s — allow the shutdown more',
  ])
  expect(await problemsIn('p.yml', 'shutdown_max: 5m\nprocesses: [{command: x, stop_timeout: 2m}]\n')).toEqual([])
})

describe('what is run', () => {
  test('[CD4] command and args', async () => {
    expect((await withKeys(`args: [--port, 80]`)).command).toEqual(['web', '--port', '80'])
    const specs = await specsOf(
      'p.yml',
      `processes: [{command: [./bin/a, "x y"], cwd: /srv}, {command: "bin/b 'x y'"}, {file: ./c, cwd: /srv}]\n`,
    )
    expect(specs.get('a')).toMatchObject({ command: ['/srv/bin/a', 'x y'], cwd: '/srv' })
    expect(specs.get('b')).toMatchObject({ command: ['/work/bin/b', 'x y'], cwd: '/work' })
    expect(specs.get('c')).toMatchObject({ command: ['/work/c'], cwd: '/srv' })
  })

  test('[CD4] nothing to run', async () => {
    expect(
      await problemsIn('p.yml', 'processes: [{name: x}, {name: y, command: ""}, {name: z, command: []}]\n'),
    ).toEqual([
      'p.yml:1:13: the process has nothing to run — give it a "command" or a "file"',
      'p.yml:1:43: "command" must be a program and its arguments, not ""',
      'p.yml:1:67: "command" must be a program and its arguments, not a list',
    ])
    const specs = await specsOf('p.yml', 'processes: {a: {command: x, oneshot: true}, b: {prerun: a}}\n')
    expect(specs.get('b')?.command).toBeNull()
  })

  test('[CD2] a list or a table; the name of the program', async () => {
    const { specs } = await planOf('p.yml', 'processes: {db: {command: x}, web: {name: web, command: y}}\n')
    expect(specs.map(({ name }) => name)).toEqual(['db', 'web'])
    expect((await specOf('p.yml', 'processes: [{command: /usr/bin/redis-server}]\n')).name).toBe('redis-server')
    expect(await problemsIn('p.yml', 'processes: [{command: /usr/bin/.x}]\n')).toEqual([
      'p.yml:1:13: the process has no "name"',
    ])
    expect(await problemsIn('p.yml', 'processes: {db: {name: web, command: x}}\n')).toEqual([
      'p.yml:1:24: this process has two names, "db" and "web"',
    ])
  })
})

test('[CD1] the keys of the file', async () => {
  const text = `
    $schema: ./coppice.schema.json
    x-anything: {a: 1}
    shutdown_max: 5s
    logger: {output: coppice.log, format: json, level: warn, pidinfo: info}
    prologue:
      - dir:data
      - port-free: [80, 81]
        name: ports
    processes: [{command: x, stop_timeout: 1s}]
  `
  const { settings } = await planOf('p.yml', text)
  expect(settings).toMatchObject({
    shutdownMax: 5000,
    logger: { output: { tag: 'file', path: '/work/coppice.log' }, format: 'json', level: 'warn', pidinfo: 'info' },
    prologue: [
      { name: 'dir', check: { probe: { kind: 'dir', path: '/work/data', mode: 0o755 } } },
      { name: 'ports', check: { probe: { kind: 'port-free', host: null, ports: [80, 81] } } },
    ],
  })
  expect(
    await problemsIn('p.yml', 'logger: {level: loud}\nshutdown_max: x\nprologue: 5\nprocesses: []\n'),
  ).toHaveLength(3)
})

test('[CD33] groups have a strategy, a budget and whether they are stopped together', async () => {
  const text = `
  groups:
    front: {strategy: rest_for_one, intensity: 3, period: 10s, stop_together: true}
    back: {}
  processes: [{command: x, groups: [front]}]
  `
  const { settings, dialect } = await planOf('p.yml', text)
  expect(dialect).toBe('coppice')
  expect([...settings.groups]).toEqual([
    ['front', { strategy: 'rest_for_one', budget: { intensity: 3, period: 10_000 }, stopTogether: true }],
    ['back', { strategy: 'one_for_one', budget: null, stopTogether: false }],
  ])
})

test('[CD33] an intensity without a period is an error, and so is a strategy that nobody knows', async () => {
  const text = 'groups:\n  a: {intensity: 1}\n  b: {strategy: one_for_most}\nprocesses: []\n'
  expect(await problemsIn('p.yml', text)).toEqual([
    'p.yml:2:6: "a" must be a table in which "intensity" and "period" stand together, not a table',
    'p.yml:3:17: "strategy" must be one of one_for_one, one_for_all, rest_for_one, not "one_for_most" — did you mean "one_for_one"?',
  ])
})
