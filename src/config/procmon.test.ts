import { describe, expect, test } from 'bun:test'

import { planOf, problemsIn, specOf, specsOf } from '../../test/support/config.ts'

const web = '[[task]]\nname = "web"\npath = "/bin/web"\n'

describe('the file', () => {
  test('[PM1] tables and keys of tasks in any case', async () => {
    const text = '[ENV]\nA = "1"\n[[Task]]\nName = "web"\nPath = "$A"\nMaxShutdown = "1s"\n'
    const spec = await specOf('p.toml', text)
    expect(spec.command).toEqual(['1'])
    expect(spec.stop.timeout).toBe(1000)
  })

  test('[CF4] unknown keys are errors in every table, with a suggestion', async () => {
    const text = `
      [looger]
      [[prologue]]
      type = "redis"
      adr = "x:1"
      [[task]]
      name = "web"
      path = "web"
      parnet = "x"
      [task.specials]
      one_time = true
      [[task.monitors]]
      type = "http"
      url = "http://x"
      addr = "x:1"
    `
    expect(await problemsIn('p.toml', text)).toEqual([
      'p.toml:1:2: unknown key "looger" — did you mean "logger"?',
      'p.toml:4:1: unknown key "adr" — did you mean "addr"?',
      'p.toml:8:1: unknown key "parnet" — did you mean "parent"?',
      'p.toml:10:1: unknown key "one_time" — did you mean "onetime"?',
      'p.toml:14:1: unknown key "addr"',
    ])
  })

  test('[PM2] a task needs a name', async () => {
    expect(await problemsIn('p.toml', '[[task]]\npath = "x"\n[[task]]\nname = ""\npath = "y"\n')).toEqual([
      'p.toml:1:1: the task has no "name"',
      expect.stringMatching(/^p\.toml:4:8: "name" must be a name of letters/),
    ])
  })

  test('[PM2] a file without tasks is a warning, and tasks that are no list are an error', async () => {
    expect(await problemsIn('p.toml', '[env]\nA = "1"\n')).toEqual([
      'p.toml:1:1: warning: there is no [[task]]: nothing will run',
    ])
    expect(await problemsIn('p.toml', '[task]\nname = "x"\n')).toEqual([
      'p.toml:1:2: "task" must be a list of tables, each begun by [[task]]',
    ])
  })

  test('[PM2] [PM15] what a task is without further keys', async () => {
    const spec = await specOf('p.toml', web, { env: { PATH: '/bin' } })
    expect(spec).toEqual({
      name: 'web',
      instanceOf: null,
      command: ['/bin/web'],
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
      startTimeout: 10_000,
      monitors: [],
      restart: 'always',
      endIsFailure: false,
      delay: { tag: 'procmon', rest: 10_000 },
      startLimit: null,
      restartPreventExitCodes: [],
      onStartLimit: 'nothing',
      flapDetection: null,
      restartBudget: null,
      successExitCodes: [0],
      stop: { signal: 'SIGTERM', timeout: 5000, mode: 'group' },
      oneshot: false,
      autostart: true,
      prerun: [],
      prerunFailure: 'ignore',
      trigger: { signal: null, schedule: null, shutdown: false, terminate: false },
      significant: false,
      groups: [],
      hooks: [],
      declared: null,
    })
  })

  test('[PM2] times and arguments', async () => {
    const spec = await specOf(
      'p.toml',
      `${web}args = ["--x", "a b", "", 'c"d']\nmaxstartup = "1m30s"\nmaxshutdown = "0s"\n`,
    )
    expect(spec.command).toEqual(['/bin/web', '--x', 'a b', '', 'c"d'])
    expect([spec.startTimeout, spec.stop.timeout]).toEqual([90_000, 0])
  })

  test('[PM3] a parent is an edge that binds', async () => {
    const specs = await specsOf('p.toml', `${web}[[task]]\nname = "child"\npath = "x"\nparent = "web"\n`)
    expect(specs.get('child')).toMatchObject({
      parent: 'web',
      edges: [{ to: 'web', condition: 'ready', onExit: 'restart' }],
      autostart: true,
    })
  })

  test('[PM3] parents and preruns must stand earlier, and be there', async () => {
    const text = `
      [[task]]
      name = "a"
      path = "x"
      parent = "b"
      prerun = ["b", "nobody"]
      [[task]]
      name = "b"
      path = "x"
      parent = "b"
      [task.specials]
      onetime = true
    `
    expect(await problemsIn('p.toml', text)).toEqual([
      'p.toml:4:10: "b" is declared only later — move its [[task]] before this one',
      'p.toml:5:11: "b" is declared only later — move its [[task]] before this one',
      'p.toml:5:16: there is no process "nobody"',
      'p.toml:9:10: these wait for each other: b → b',
    ])
  })

  test('[CF13] two tasks of one name', async () => {
    expect(await problemsIn('p.toml', web + web)).toEqual(['p.toml:5:8: the name "web" is taken, by line 2'])
  })
})

describe('the logger', () => {
  test('[PM4] [PM33] its defaults', async () => {
    const { settings } = await planOf('p.toml', web)
    expect(settings.logger).toEqual({
      output: { tag: 'inherit-stderr' },
      format: 'json',
      level: 'info',
      pidinfo: 'info',
    })
  })

  test.each([
    ['output', 'STDOUT', { output: { tag: 'inherit-stdout' } }],
    ['output', 'stderr', { output: { tag: 'inherit-stderr' } }],
    ['output', 'SUPPRESS', { output: { tag: 'discard' } }],
    ['output', '', { output: { tag: 'inherit-stderr' } }],
    ['format', 'json', { format: 'json' }],
    ['format', 'text', { format: 'text' }],
    ['format', 'plain', { format: 'text' }],
    ['level', 'debug', { level: 'debug' }],
    ['level', 'info', { level: 'info' }],
    ['level', 'warn', { level: 'warn' }],
    ['level', 'warning', { level: 'warn' }],
    ['level', 'err', { level: 'error' }],
    ['level', 'error', { level: 'error' }],
  ])('[PM4] %s = %j', async (key, value, expected) => {
    const { settings } = await planOf('p.toml', `[logger]\n${key} = "${value}"\n${web}`)
    expect(settings.logger).toMatchObject(expected)
  })

  test('[PM4] any other word is an error', async () => {
    const text = `[logger]\noutput = "STDER"\nformat = "logfmt"\nlevel = "$LEVEL"\n${web}`
    expect(await problemsIn('p.toml', text)).toEqual([
      'p.toml:2:10: "output" must be one of STDERR, STDOUT, SUPPRESS, not "STDER" — did you mean "STDERR"?',
      'p.toml:3:10: "format" must be one of json, text, plain, not "logfmt"',
      'p.toml:4:9: "level" must be one of debug, info, warn, warning, err, error, not "$LEVEL" — the variable LEVEL is not set',
    ])
  })
})

describe('programs and output', () => {
  test.each([
    ['/opt/x', '/opt/x'],
    ['./bin/x', '/work/bin/x'],
    ['bin/x', '/work/bin/x'],
    ['../x', '/x'],
    ['redis-server', 'redis-server'],
  ])('[PM12] the path %s is %s', async (path, expected) => {
    const spec = await specOf('p.toml', `[[task]]\nname = "x"\npath = "${path}"\n`)
    expect(spec.command).toEqual([expected])
    expect(spec.cwd).toBe('/work')
  })

  test('[PM13] an empty path with a prerun is a place to hang the prerun', async () => {
    const once = '[[task]]\nname = "init"\npath = "x"\nspecials = { onetime = true }\n'
    const specs = await specsOf('p.toml', `${once}[[task]]\nname = "here"\npath = ""\nprerun = ["init"]\n`)
    expect(specs.get('here')).toMatchObject({ command: null, prerun: ['init'], oneshot: true })
    expect(await problemsIn('p.toml', '[[task]]\nname = "x"\npath = ""\n[[task]]\nname = "y"\n')).toEqual([
      'p.toml:3:8: the task has neither a "path" nor a "prerun"',
      'p.toml:4:1: the task has neither a "path" nor a "prerun"',
    ])
  })

  test.each([
    ['', { tag: 'inherit-stderr' }],
    ['STDOUT', { tag: 'inherit-stdout' }],
    ['STDERR', { tag: 'inherit-stderr' }],
    ['SUPPRESS', { tag: 'discard' }],
    ['logs/x.log', { tag: 'file', path: '/work/logs/x.log' }],
    ['/var/log/x.log', { tag: 'file', path: '/var/log/x.log' }],
  ] as const)('[PM30] stderr = %j', async (value, expected) => {
    expect((await specOf('p.toml', `${web}stderr = "${value}"\n`)).output.stderr).toEqual(expected)
  })

  test('[PM31] HONEYCOMB is accepted, with a warning', async () => {
    expect((await specOf('p.toml', `${web}stdout = "HONEYCOMB"\n`)).output.stdout).toEqual({ tag: 'inherit-stdout' })
    expect(await problemsIn('p.toml', `${web}stdout = "HONEYCOMB"\n`)).toEqual([
      'p.toml:4:10: warning: HONEYCOMB is no place for output here: it goes where it would without',
    ])
  })

  test('[PM14] an empty duration is the default; one that is none is an error', async () => {
    const spec = await specOf('p.toml', `${web}maxstartup = ""\nmaxshutdown = "$NONE"\n`, { env: { NONE: '' } })
    expect([spec.startTimeout, spec.stop.timeout]).toEqual([10_000, 5000])
    expect(await problemsIn('p.toml', `${web}maxstartup = "10"\nmaxshutdown = "soon"\n`)).toEqual([
      'p.toml:4:14: "maxstartup" must be a duration longer than 0 such as 500ms, 2s or 1h30m, not "10" — write the unit: "10s" or "10ms"',
      'p.toml:5:15: "maxshutdown" must be a duration such as 500ms, 2s or 1h30m, not "soon"',
    ])
  })

  test('[PM34] a prerun that fails is ignored', async () => {
    expect((await specOf('p.toml', web)).prerunFailure).toBe('ignore')
  })
})
