import { describe, expect, test } from 'bun:test'

import { planOf, problemsIn, specOf } from '../../test/support/config.ts'
import type { Readiness } from '../core/spec.ts'

const web = 'processes:\n  - command: web\n    cwd: /srv\n'

async function ready(value: string, env: Record<string, string> = {}): Promise<Readiness | null> {
  return (await specOf('p.yml', `${web}    ready: ${value}\n`, { env })).ready
}

async function check(value: string, env: Record<string, string> = {}): Promise<unknown> {
  const found = await ready(value, env)
  return found?.tag === 'check' ? found.check : found
}

async function problems(value: string): Promise<string[]> {
  const told = await problemsIn('p.yml', `${web}    ready: ${value}\n`)
  return told.map((problem) => problem.replace('p.yml:', ''))
}

const http = {
  kind: 'http',
  method: 'GET',
  headers: new Map(),
  status: [{ from: 200, to: 299 }],
  expectHeaders: new Map(),
  expectBody: null,
  timeout: 1000,
}
const redis = { kind: 'redis', host: 'localhost', port: 6379, username: null, password: null, timeout: 1000 }

describe('short texts', () => {
  test.each([
    ['http://localhost:80/x', { ...http, url: 'http://localhost:80/x' }],
    ['https://example.org', { ...http, url: 'https://example.org' }],
    ['tcp:5432', { kind: 'tcp', host: 'localhost', ports: [5432], timeout: 1000 }],
    ['tcp://db:5432', { kind: 'tcp', host: 'db', ports: [5432], timeout: 1000 }],
    ['tcp:db:5432', { kind: 'tcp', host: 'db', ports: [5432], timeout: 1000 }],
    ['tcp://[::1]:5432', { kind: 'tcp', host: '::1', ports: [5432], timeout: 1000 }],
    ['redis:6379', redis],
    ['redis://db', { ...redis, host: 'db' }],
    ['redis://db:7000/0', { ...redis, host: 'db', port: 7000 }],
    ['redis://me:p%40ss@db:7000', { ...redis, host: 'db', port: 7000, username: 'me', password: 'p@ss' }],
    ['redis://:secret@db', { ...redis, host: 'db', password: 'secret' }],
    ['grpc://localhost:50051', { kind: 'grpc', host: 'localhost', port: 50051, service: '', timeout: 1000 }],
    ['grpc://api:50051/my.Service', { kind: 'grpc', host: 'api', port: 50051, service: 'my.Service', timeout: 1000 }],
    [`"exec: ./probe 'a b'"`, { kind: 'exec', command: ['/srv/probe', 'a b'], timeout: 1000 }],
    ['"exec: test -e x"', { kind: 'exec', command: ['test', '-e', 'x'], timeout: 1000 }],
    ['file:/run/ready', { kind: 'file', path: '/run/ready', timeout: 1000 }],
    ['file:ready', { kind: 'file', path: '/srv/ready', timeout: 1000 }],
    ['file:///run/ready', { kind: 'file', path: '/run/ready', timeout: 1000 }],
    ['dir:/data', { kind: 'dir', path: '/data', mode: 0o755, timeout: 1000 }],
    ['port-free:8080', { kind: 'port-free', host: null, ports: [8080], timeout: 1000 }],
    ['port-free:127.0.0.1:8080', { kind: 'port-free', host: '127.0.0.1', ports: [8080], timeout: 1000 }],
  ])('[CD12] %s', async (value, probe) => {
    expect(await check(value)).toEqual({ tag: 'probe', probe })
  })

  test('[CD12] [CF6] with variables, before and after the kind', async () => {
    expect(await check('tcp:$PORT', { PORT: '80' })).toMatchObject({ probe: { ports: [80] } })
    expect(await check('${WHERE}/health', { WHERE: 'http://x' })).toMatchObject({ probe: { url: 'http://x/health' } })
    expect(await check('$HOW', { HOW: 'notify: fd' })).toMatchObject({ tag: 'notify', via: 'fd' })
    expect(await check('"exec: echo $X"', { X: 'a b' })).toMatchObject({ probe: { command: ['echo', 'a b'] } })
  })
})

describe('tables', () => {
  test.each([
    [
      '{http: "http://x/y", method: post, status: "200-299,301", headers: {A: b}, expect_header: {C: ^d$}, body: ok$, timeout: 3s}',
      {
        ...http,
        url: 'http://x/y',
        method: 'POST',
        status: [
          { from: 200, to: 299 },
          { from: 301, to: 301 },
        ],
        headers: new Map([['A', 'b']]),
        expectHeaders: new Map([['C', '^d$']]),
        expectBody: 'ok$',
        timeout: 3000,
      },
    ],
    [
      '{http: "http://x", status: [204, 300-302]}',
      {
        ...http,
        url: 'http://x',
        status: [
          { from: 204, to: 204 },
          { from: 300, to: 302 },
        ],
      },
    ],
    ['{tcp: [80, 81]}', { kind: 'tcp', host: 'localhost', ports: [80, 81], timeout: 1000 }],
    ['{port-free: 80}', { kind: 'port-free', host: null, ports: [80], timeout: 1000 }],
    [
      '{redis: db:1, username: me, password: secret}',
      { ...redis, host: 'db', port: 1, username: 'me', password: 'secret' },
    ],
    ['{grpc: 50051, service: s}', { kind: 'grpc', host: 'localhost', port: 50051, service: 's', timeout: 1000 }],
    ['{exec: [./probe, a b], timeout: 5s}', { kind: 'exec', command: ['/srv/probe', 'a b'], timeout: 5000 }],
    ['{file: /x}', { kind: 'file', path: '/x', timeout: 1000 }],
    ['{dir: data, mode: 0700}', { kind: 'dir', path: '/srv/data', mode: 0o700, timeout: 1000 }],
  ])('[CD12] %s', async (value, probe) => {
    expect(await check(value)).toEqual({ tag: 'probe', probe })
  })

  test('[CD12] ports of several hosts are several probes', async () => {
    expect(await check('{tcp: [80, "db:1", "db:2"]}')).toMatchObject({
      tag: 'all',
      of: [{ probe: { host: 'localhost', ports: [80] } }, { probe: { host: 'db', ports: [1, 2] } }],
    })
  })

  test('[CD13] [CF9] composition', async () => {
    const value =
      '{any: [tcp:1, {not: file:/x, retries: 1}, {all: [{tcp: 2}]}], retries: 2, bucket: {capacity: 3, leak: 1m}}'
    expect(await check(value)).toMatchObject({
      tag: 'bucket',
      capacity: 3,
      leak: 60_000,
      of: {
        tag: 'retries',
        retries: 2,
        of: {
          tag: 'any',
          of: [
            { tag: 'probe' },
            { tag: 'retries', retries: 1, of: { tag: 'not', of: { probe: { kind: 'file' } } } },
            { tag: 'all', of: [{ probe: { ports: [2] } }] },
          ],
        },
      },
    })
  })
})

describe('bad checks', () => {
  test.each([
    [
      '5432',
      [
        '4:12: "ready" must be a check such as http://localhost:8080/health, tcp:5432, redis:6379 or exec: test -e ready, not 5432',
      ],
    ],
    ['localhost', [expect.stringContaining('"ready" must be a check such as')]],
    ['htp://x', [expect.stringMatching(/not "htp:\/\/x" — did you mean "http"\?$/)]],
    [
      '"http://"',
      [expect.stringContaining('4:12: "http" must be a URL such as http://localhost:8080/health, not "http://"')],
    ],
    ['tcp:99999', ['4:12: "tcp" must be a port or host:port, not "99999"']],
    ['{http: localhost}', ['4:19: "http" must be a URL such as http://localhost:8080/health, not "localhost"']],
    [
      '{tpc: 80}',
      [
        '4:12: the check does not say what to ask — it may be http, tcp, port-free, redis, grpc, exec, file, dir, all, any, not',
        '4:13: unknown key "tpc" — did you mean "tcp"?',
      ],
    ],
    [
      '{tcp: 80, http: "http://x"}',
      ['4:22: a check is of one kind, and this is "tcp" and "http" — put both into a list under "all" or "any"'],
    ],
    ['{tcp: 80, method: GET}', ['4:22: unknown key "method" — it belongs to a check of the kind "http"']],
    ['{http: "http://x", status: 99}', ['4:39: "status" must be status codes such as 200-299,301, not 99']],
    ['{http: "http://x", status: 300-200}', ['4:39: "status" must be status codes such as 200-299,301, not "300-200"']],
    ['{http: "http://x", body: "("}', ['4:37: "body" must be a regular expression, not "("']],
    ['{tcp: 80, retries: -1}', ['4:31: "retries" must be a whole number from 0 to 1000000, not -1']],
    ['{tcp: 80, bucket: {capacity: 1}}', ['4:30: "bucket" needs "leak"']],
    ['{tcp: 80, timeout: 0s}', [expect.stringContaining('4:31: "timeout" must be a duration longer than 0')]],
    ['{any: tcp:80}', ['4:18: "any" must be a list, not "tcp:80"']],
    [
      '{any: [tcp:80, {dri: x}]}',
      [
        '4:27: the check does not say what to ask — it may be http, tcp, port-free, redis, grpc, exec, file, dir, all, any, not',
        '4:28: unknown key "dri" — did you mean "dir"?',
      ],
    ],
    ['{exec: "a \'b"}', [expect.stringContaining('4:19: "exec" must be words as for a shell')]],
    [
      '{redis: "redis://u:%zz@x"}',
      ['4:20: "redis" must be host:port or redis://user:password@host:port, not "redis://u:%zz@x"'],
    ],
    ['[tcp:80]', [expect.stringContaining('must be a check such as')]],
    ['{notify: pipe}', ['4:21: "notify" must be one of socket, fd, not "pipe"']],
    ['{notify: fd, watchdog: 1s}', ['4:12: a watchdog needs `notify: socket`: NOTIFY_FD says only one thing']],
    ['{notify: socket, period: 1s}', ['4:29: unknown key "period" — there are notify and watchdog']],
  ])('[CD12] [CD14] %s', async (value, expected) => {
    expect(await problems(value)).toEqual(expected as string[])
  })
})

test('[CD14] readiness: intervals', async () => {
  expect(await ready('tcp:1')).toMatchObject({ interval: 50, slowest: 1000, period: 10_000 })
  expect(await ready('{tcp: 1, interval: 100ms, period: 1m}')).toMatchObject({
    interval: 100,
    slowest: 1000,
    period: 60_000,
  })
  expect(await ready('{tcp: 1, interval: 5s}')).toMatchObject({ interval: 5000, slowest: 5000 })
})

test.each([
  ['notify', { tag: 'notify', via: 'socket', watchdog: null }],
  ['"notify: fd"', { tag: 'notify', via: 'fd', watchdog: null }],
  ['notify:socket', { tag: 'notify', via: 'socket', watchdog: null }],
  ['{notify: fd}', { tag: 'notify', via: 'fd', watchdog: null }],
  ['{notify: socket, watchdog: 30s}', { tag: 'notify', via: 'socket', watchdog: 30_000 }],
] as const)('[CD14] ready: %s', async (value, expected) => {
  expect(await ready(value)).toEqual(expected)
})

test('[CD15] monitors and their names', async () => {
  const text = `${web}    monitors:\n      - tcp:1\n      - {tcp: 2, period: 2s}\n      - {http: "http://x", name: health}\n      - {any: [tcp:1]}\n`
  const { monitors } = await specOf('p.yml', text)
  expect(monitors.map(({ name, period }) => [name, period])).toEqual([
    ['tcp', 10_000],
    ['tcp-2', 2000],
    ['health', 10_000],
    ['any', 10_000],
  ])
  expect(await problemsIn('p.yml', `${web}    monitors: [{tcp: 1, interval: 1s}]\n`)).toEqual([
    'p.yml:4:25: unknown key "interval" — there are tcp, timeout, retries, bucket, name and period',
  ])
  expect(await problemsIn('p.yml', `${web}    monitors: tcp:1\n`)).toEqual([
    'p.yml:4:15: "monitors" must be a list, not "tcp:1"',
  ])
})

test('[CF7] probes of the prologue are asked from where coppice was started', async () => {
  const { settings } = await planOf('p.yml', 'prologue: [file:x, "exec: ./y"]\nprocesses: []\n')
  expect(settings.prologue).toMatchObject([
    { check: { probe: { path: '/work/x' } } },
    { check: { probe: { command: ['/work/y'] } } },
  ])
})
