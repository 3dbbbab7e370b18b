import { expect, test } from 'bun:test'

import { planOf, problemsIn, specOf, specsOf } from '../../test/support/config.ts'
import type { ProcessSpec } from '../core/spec.ts'

const web = '[[task]]\nname = "web"\npath = "/bin/web"\n'

async function monitored(...monitors: readonly string[]): Promise<ProcessSpec> {
  return specOf('p.toml', web + monitors.map((keys) => `[[task.monitors]]\n${keys}\n`).join(''))
}

async function probe(keys: string): Promise<unknown> {
  const [monitor] = (await monitored(keys)).monitors
  return monitor?.check
}

test('[PM16] `ready` gates: every 50 ms, and never again', async () => {
  const spec = await monitored('name = "ready"\ntype = "redis"\nperiod = "3s"')
  expect(spec.ready).toMatchObject({ tag: 'check', interval: 50, slowest: 50, period: null })
  expect(spec.monitors).toEqual([])
})

test('[PM16] every other one watches, every 15 s', async () => {
  const spec = await monitored(
    'name = "health"\ntype = "redis"',
    'type = "redis"\nperiod = "2s"',
    'type = "redis"\nperiod = ""',
  )
  expect(spec.ready).toBeNull()
  expect(spec.monitors).toMatchObject([
    { name: 'health', period: 15_000 },
    { name: 'redis', period: 2000 },
    { name: 'redis-2', period: 15_000 },
  ])
})

test('[PM16] several of one name; of several `ready` the last', async () => {
  const spec = await monitored(
    'name = "health"\ntype = "portinuse"\nport = "1"',
    'name = "health"\ntype = "portinuse"\nport = "2"',
    'name = "ready"\ntype = "portinuse"\nport = "3"',
    'name = "ready"\ntype = "portinuse"\nport = "4"',
  )
  expect(spec.monitors.map(({ name }) => name)).toEqual(['health', 'health-2'])
  expect(spec.ready).toMatchObject({ check: { probe: { ports: [4] } } })
})

test('[PM17] http', async () => {
  const http = {
    kind: 'http',
    url: 'http://localhost:80/health',
    method: 'GET',
    headers: new Map(),
    status: [{ from: 200, to: 299 }],
    expectHeaders: new Map(),
    expectBody: null,
    timeout: 1000,
  }
  const keys = 'type = "http"\nurl = "http://localhost:80/health"\n'
  expect(await probe(keys)).toEqual({ tag: 'probe', probe: http })
  expect(await probe(`${keys}verb = "head"\ntimeout = "100ms"`)).toEqual({
    tag: 'probe',
    probe: { ...http, method: 'HEAD', timeout: 100 },
  })
})

test('[PM18] redis', async () => {
  const redis = { kind: 'redis', host: 'localhost', port: 6379, username: null, password: null, timeout: 1000 }
  expect(await probe('type = "redis"')).toEqual({ tag: 'probe', probe: redis })
  expect(await probe('type = "redis"\naddr = ""')).toEqual({ tag: 'probe', probe: redis })
  expect(await probe('type = "redis"\naddr = "db:7000"')).toEqual({
    tag: 'probe',
    probe: { ...redis, host: 'db', port: 7000 },
  })
})

test('[PM19] portinuse', async () => {
  expect(await probe('type = "portinuse"\nport = "80"')).toEqual({
    tag: 'probe',
    probe: { kind: 'tcp', host: 'localhost', ports: [80], timeout: 100 },
  })
  expect(await probe('type = "portinuse"\nport = " 80  81 "\ntimeout = "1s"')).toEqual({
    tag: 'probe',
    probe: { kind: 'tcp', host: 'localhost', ports: [80, 81], timeout: 1000 },
  })
})

test('[PM20] portavailable', async () => {
  expect(await probe('type = "portavailable"\nport = "80 81"')).toEqual({
    tag: 'probe',
    probe: { kind: 'port-free', host: null, ports: [80, 81], timeout: 1000 },
  })
})

test('[PM21] ensuredir', async () => {
  expect(await probe('type = "ensuredir"\npath = "data"')).toEqual({
    tag: 'probe',
    probe: { kind: 'dir', path: '/work/data', mode: 0o755, timeout: 1000 },
  })
  expect(await probe('type = "ensuredir"\npath = "/data"\nperm = "0700"')).toMatchObject({
    probe: { path: '/data', mode: 0o700 },
  })
})

test('[PM22] composition: not, then retries, then the bucket', async () => {
  const port = { tag: 'probe', probe: { kind: 'tcp', host: 'localhost', ports: [1], timeout: 100 } }
  const keys = 'type = "portinuse"\nport = "1"\n'
  expect(await probe(`${keys}retries = 3`)).toEqual({ tag: 'retries', retries: 3, of: port })
  expect(await probe(`${keys}not = true`)).toEqual({ tag: 'not', of: port })
  expect(await probe(`${keys}not = "no"`)).toEqual(port)
  expect(await probe(`${keys}retries = 1\nnot = true\nbucket = { capacity = 3, leak = "1m" }`)).toEqual({
    tag: 'bucket',
    capacity: 3,
    leak: 60_000,
    of: { tag: 'retries', retries: 1, of: { tag: 'not', of: port } },
  })
})

test('[PM16] bad monitors', async () => {
  const text = `${web}
    [[task.monitors]]
    name = "ready"
    [[task.monitors]]
    type = "htpp"
    [[task.monitors]]
    type = "http"
    timeout = "0s"
    [[task.monitors]]
    type = "portinuse"
    port = "80,81"
    [[task.monitors]]
    type = "ensuredir"
    path = "x"
    perm = "0999"
    [[task.monitors]]
    type = "redis"
    bucket = { capacity = 3 }
  `.replaceAll(/^ +/gm, '')
  expect(await problemsIn('p.toml', text)).toEqual([
    'p.toml:5:1: the monitor has no "type" — it may be http, redis, portinuse, portavailable, ensuredir',
    'p.toml:8:8: "type" must be one of http, redis, portinuse, portavailable, ensuredir, not "htpp" — did you mean "http"?',
    'p.toml:9:1: "monitors" needs "url"',
    'p.toml:11:11: "timeout" must be a duration longer than 0 such as 500ms, 2s or 1h30m, not "0s"',
    'p.toml:14:8: "port" must be a port, or several with blanks between, not "80,81"',
    'p.toml:18:8: "perm" must be octal digits such as 0755, not "0999"',
    'p.toml:21:10: "bucket" needs "leak"',
  ])
})

test('[PM32] the prologue, in order', async () => {
  const { settings } = await planOf(
    'p.toml',
    `[[prologue]]\nname = "port"\ntype = "portavailable"\nport = "80"\n[[prologue]]\ntype = "ensuredir"\npath = "/data"\n${web}`,
  )
  expect(settings.prologue).toMatchObject([
    { name: 'port', check: { probe: { kind: 'port-free', ports: [80] } } },
    { name: 'ensuredir', check: { probe: { kind: 'dir', path: '/data' } } },
  ])
})

async function special(keys: string): Promise<ProcessSpec | undefined> {
  const specs = await specsOf('p.toml', `${web}[[task]]\nname = "s"\npath = "x"\n${keys}`)
  return specs.get('s')
}

test('[PM23] onetime', async () => {
  expect(await special('[task.specials]\nonetime = true')).toMatchObject({
    oneshot: true,
    autostart: false,
    restart: 'no',
  })
  expect(await special('[task.specials]\nonetime = false')).toMatchObject({ oneshot: false, autostart: true })
  expect(await special('parent = "web"\n[task.specials]\nonetime = true')).toMatchObject({
    oneshot: true,
    autostart: false,
    parent: 'web',
  })
  const keys =
    '[task.specials]\nonetime = true\n[[task.monitors]]\nname = "ready"\ntype = "redis"\n[[task.monitors]]\ntype = "redis"\n'
  expect(await special(keys)).toMatchObject({ ready: null, monitors: [] })
})

test('[PM23] a onetime that nothing calls for', async () => {
  expect(await problemsIn('p.toml', `${web}[task.specials]\nonetime = true\n`)).toEqual([
    'p.toml:4:7: warning: nothing calls for the onetime task "web" — give it a signal or a period, or name it in a prerun',
  ])
})

test.each(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const)(
  '[PM24] %s with and without SIG',
  async (signal) => {
    for (const name of [signal, signal.slice(3)]) {
      expect(await special(`[task.specials]\nonetime = true\nsignal = "${name}"`)).toMatchObject({
        trigger: { signal },
        autostart: false,
      })
    }
  },
)

test('[PM24] any other signal is an error, an empty one is none', async () => {
  expect(await special('[task.specials]\nsignal = ""')).toMatchObject({ trigger: { signal: null }, oneshot: false })
  const [problem] = await problemsIn('p.toml', `${web}[task.specials]\nonetime = true\nsignal = "SIGWINCH"\n`)
  expect(problem).toBe(
    'p.toml:6:10: "signal" must be one of the signals SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, not "SIGWINCH"',
  )
})

test('[PM25] periodic; an empty one switches it off', async () => {
  expect(await special('[task.specials]\nonetime = true\nperiodic = "17s"')).toMatchObject({
    trigger: { schedule: { tag: 'every', period: 17_000 } },
    autostart: false,
  })
  expect(await special('[task.specials]\nonetime = true\nperiodic = ""')).toMatchObject({ trigger: { schedule: null } })
})

test('[PM26] a signal, a period or being a prerun make it onetime, with a warning', async () => {
  const text = `
    [[task]]
    name = "a"
    path = "x"
    specials = { signal = "HUP" }
    [[task]]
    name = "b"
    path = "x"
    specials = { periodic = "1s" }
    [[task]]
    name = "c"
    path = "x"
    [[task]]
    name = "d"
    path = "x"
    prerun = ["c"]
  `
  const specs = await specsOf('p.toml', text)
  expect(['a', 'b', 'c', 'd'].map((name) => specs.get(name)?.oneshot)).toEqual([true, true, true, false])
  expect(specs.get('c')).toMatchObject({ autostart: false, restart: 'no' })
  expect(specs.get('d')?.prerun).toEqual(['c'])
  expect(await problemsIn('p.toml', text)).toEqual([
    'p.toml:4:12: warning: the task "a" counts as onetime, since it has a signal — say `onetime = true`',
    'p.toml:8:12: warning: the task "b" counts as onetime, since it has a period — say `onetime = true`',
    'p.toml:10:8: warning: the task "c" counts as onetime, since it is a prerun — say `onetime = true`',
  ])
})

test('[PM27] shutdown and terminate', async () => {
  expect(
    await special('[task.specials]\nonetime = true\nsignal = "HUP"\nshutdown = true\nterminate = "t"'),
  ).toMatchObject({
    trigger: { shutdown: true, terminate: true },
  })
})

test.each([
  ['true', true],
  ['"true"', true],
  ['"T"', true],
  ['"yes"', true],
  ['"y"', true],
  ['false', false],
  ['"False"', false],
  ['"f"', false],
  ['"no"', false],
  ['"n"', false],
  ['""', false],
])('[PM5] onetime = %s', async (written, expected) => {
  expect(await special(`[task.specials]\nonetime = ${written}\n`)).toMatchObject({ oneshot: expected })
})

test('[PM5] anything else keeps the default, with a warning', async () => {
  expect(await problemsIn('p.toml', `${web}[task.specials]\nonetime = "perhaps"\n`)).toEqual([
    'p.toml:5:11: warning: "onetime" is neither true nor false and keeps its default',
  ])
})

test('[PM28] exit_signals is accepted, with a warning', async () => {
  const text = `${web}[task.specials]\nonetime = true\nsignal = "USR2"\nexit_signals = {1 = "SIGHUP"}\n`
  expect(await problemsIn('p.toml', text)).toEqual([
    'p.toml:7:16: warning: "exit_signals" does nothing: procmon reads it and never used it',
  ])
})
