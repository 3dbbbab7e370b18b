import { describe, expect, test } from 'bun:test'

import { planOf, problemsIn, specOf, specsOf } from '../../test/support/config.ts'

const yaml = `
  processes:
    - file: /srv/app
      name: web
      args: -k 'v w' --x
      env_vars: PORT=80 NAME="two words"
      user: www
      log_dir: /var/log/web
      no_auto_restart: true
      dependencies: [db, cache]
      groups:
        - front
    - {file: /srv/db, name: db, log: /var/log/db.log}
    - {file: /srv/cache, name: cache}
`

const json = `
  { "Processes": [
    { "File": "/srv/app", "NAME": "web", "args": "-k 'v w' --x", "env_vars": "PORT=80 NAME=\\"two words\\"", "user": "www",
      "log_dir": "/var/log/web", "no_auto_restart": true, "dependencies": ["db", "cache"], "groups": ["front"] },
    { "file": "/srv/db", "name": "db", "log": "/var/log/db.log" },
    { "file": "/srv/cache", "name": "cache" } ] }
`

const toml = `
  [[Processes]]
  File = "/srv/app"
  Name = "web"
  Args = "-k 'v w' --x"
  EnvVars = 'PORT=80 NAME="two words"'
  User = "www"
  LogDir = "/var/log/web"
  NoAutoRestart = true
  dependencies = ["db", "cache"]
  groups = ["front"]
  [[Processes]]
  file = "/srv/db"
  name = "db"
  log = "/var/log/db.log"
  [[Processes]]
  file = "/srv/cache"
  name = "cache"
`

describe('one file in three formats', () => {
  test('[PN1] [PN2] all say the same', async () => {
    const [first, ...others] = await Promise.all([
      planOf('p.yaml', yaml),
      planOf('p.json', json),
      planOf('p.toml', toml),
    ])
    expect(others).toEqual([first, first])
  })

  test('[CF5] [PN3] [PN4] [PN5] [PN6] [PN7] [PN8] what they say', async () => {
    const { dialect, specs } = await planOf('p.json', json)
    expect(dialect).toBe('pmon3')
    const log = { tag: 'file', path: '/var/log/web/web.log' } as const
    expect(specs[0]).toEqual({
      name: 'web',
      instanceOf: null,
      command: ['/srv/app', '-k', 'v w', '--x'],
      cwd: '/srv',
      env: {
        inherit: true,
        set: new Map([
          ['PORT', '80'],
          ['NAME', 'two words'],
        ]),
      },
      identity: { user: 'www', group: null, umask: null, nice: null },
      limits: new Map(),
      output: {
        stdout: log,
        stderr: log,
        access: null,
        timestamps: false,
        format: 'raw',
        maxSize: null,
        maxAge: null,
        keep: null,
      },
      edges: [
        { to: 'db', condition: 'ready', onExit: 'ignore' },
        { to: 'cache', condition: 'ready', onExit: 'ignore' },
      ],
      parent: null,
      ready: null,
      startTimeout: 60_000,
      monitors: [],
      restart: 'no',
      endIsFailure: true,
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
      groups: ['front'],
      hooks: [],
      declared: {
        entry: {
          file: '/srv/app',
          name: 'web',
          args: "-k 'v w' --x",
          env_vars: 'PORT=80 NAME="two words"',
          user: 'www',
          log_dir: '/var/log/web',
          no_auto_restart: true,
          dependencies: ['db', 'cache'],
          groups: ['front'],
        },
        cwd: '/work',
        variables: false,
        file: null,
      },
    })
    expect(specs[1]).toMatchObject({
      restart: 'always',
      endIsFailure: false,
      output: { stderr: { path: '/var/log/db.log' } },
    })
    expect(specs[2]?.output.stdout).toEqual({ tag: 'inherit-stdout' })
  })
})

test('[PN2] YAML is taken as it is, and a key given in two ways is an error', async () => {
  expect(await problemsIn('p.yml', 'processes:\n  - {File: /x, name: x}\n')).toContain(
    'p.yml:2:6: unknown key "File" — did you mean "file"?',
  )
  expect(await problemsIn('p.json', '{"processes": [{"file": "/x", "File": "/y"}]}')).toEqual([
    'p.json:1:31: "File" is the same key as "file" and is given twice',
  ])
})

test('[CF4] keys that nobody knows are problems here too', async () => {
  expect(
    await problemsIn('p.json', '{"processes": [{"file": "/x", "autorestart": true, "fil": 1}], "process": []}'),
  ).toEqual([
    'p.json:1:31: unknown key "autorestart" — here it is called "restart"',
    'p.json:1:52: unknown key "fil" — did you mean "file"?',
    'p.json:1:64: unknown key "process" — did you mean "processes"?',
  ])
})

test('[PN3] a relative file, a bare name, and the name it gives', async () => {
  const specs = await specsOf('p.yml', 'processes: [{file: ./bin/app}, {file: worker.sh}]\n')
  expect(specs.get('app')).toMatchObject({ command: ['/work/bin/app'], cwd: '/work/bin' })
  expect(specs.get('worker.sh')).toMatchObject({ command: ['worker.sh'], cwd: '/work' })
})

test('[PN4] args may be a list, or bad', async () => {
  expect((await specOf('p.yml', 'processes: [{file: /x, args: ["a b", 5]}]\n')).command).toEqual(['/x', 'a b', '5'])
  expect(await problemsIn('p.yml', `processes: [{file: /x, args: "a 'b"}]\n`)).toEqual([
    `p.yml:1:30: "args" must be words as for a shell (a ' is never closed), not "a 'b"`,
  ])
})

test('[PN5] env_vars that are none', async () => {
  expect(await problemsIn('p.yml', 'processes: [{file: /x, env_vars: A B=1}]\n')).toEqual([
    'p.yml:1:34: "env_vars" must be a text such as A=1 B=2 ("A" is not NAME=value), not "A B=1"',
  ])
})

test('[PN6] log wins over log_dir', async () => {
  const spec = await specOf('p.yml', 'processes: [{file: /x, name: n, log: l.log, log_dir: /d}]\n')
  expect(spec.output.stdout).toEqual({ tag: 'file', path: '/work/l.log' })
})

test('[PN8] [CF11] [CF12] unknown dependencies and circles', async () => {
  const text = `
    processes:
      - {file: /x, name: alpha, dependencies: [beta, bta]}
      - {file: /x, name: beta, dependencies: [gamma]}
      - {file: /x, name: gamma, dependencies: [alpha]}
      - {file: /x, name: self, dependencies: [self]}
  `
  expect(await problemsIn('p.yml', text)).toEqual([
    'p.yml:2:50: there is no process "bta" — did you mean "beta"?',
    'p.yml:4:44: these wait for each other: alpha → beta → gamma → alpha',
    'p.yml:5:43: these wait for each other: self → self',
  ])
})

test('[PN9] the form of pmon3 up to 1.16', async () => {
  const text = `{"apps": [
    {"file": "/usr/bin/app", "flags": {"name": "one", "no_autorestart": true, "args": "-x", "log_dir": "", "dependencies": ["two"]}},
    {"file": "/usr/bin/app", "flags": {"name": "two"}}, {"file": "/usr/bin/three"} ]}`
  const { dialect, specs } = await planOf('apps.json', text)
  expect(dialect).toBe('pmon3')
  expect(specs).toMatchObject([
    { name: 'one', command: ['/usr/bin/app', '-x'], endIsFailure: true, edges: [{ to: 'two' }] },
    { name: 'two' },
    { name: 'three' },
  ])
})

test('[PN10] a $ is a $', async () => {
  const text = `processes: [{file: "/x/$A", name: n, args: "$A \${B} $$ '$C'", env_vars: "P=$HOME"}]\n`
  const spec = await specOf('p.yml', text, { env: { A: 'no', HOME: 'no' } })
  expect(spec.command).toEqual(['/x/$A', '$A', '${B}', '$$', '$C'])
  expect(spec.env.set.get('P')).toBe('$HOME')
})

test('[PN11] [PN1] empty texts of an export', async () => {
  const text =
    '{"processes": [{"file": "/x", "user": "", "log": "", "log_dir": "", "args": "", "env_vars": "", "name": "n"}]}'
  expect(await specOf('p.json', text)).toMatchObject({
    command: ['/x'],
    identity: { user: null },
    output: { stdout: { tag: 'inherit-stdout' } },
    env: { set: new Map() },
  })
})
