import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { aControlServer } from '../../../test/support/control-server.ts'
import { longestTimeout } from '../../wire/act.ts'
import { parseActRequest } from './act.ts'

const tree = [
  { name: 'redis' },
  { name: 'web', groups: ['front'], restart_count: 3 },
  { name: 'api', groups: ['front'] },
] as const

test('[AP7] everything said', () => {
  const body = { force: true, wait: true, timeout: 1500, changes: { user: 'ann' }, cwd: '/srv', rolling: 2 }
  expect(parseActRequest('restart', body)).toEqual({ ok: true, value: body })
})

test.each([
  ['a list', [], 'an empty list'],
  ['a text', 'stop', '"stop"'],
  ['null', null, 'null'],
  ['a text for a boolean', { wait: 'yes' }, '"wait" must be true or false, not "yes".'],
  ['a list for a boolean', { force: [true] }, '"force" must be true or false, not a list.'],
  [
    'a duration with its unit',
    { timeout: '5s' },
    `"timeout" must be milliseconds from 0 to ${longestTimeout}, not "5s".`,
  ],
  ['a timeout of the past', { timeout: -1 }, '"timeout" must be milliseconds'],
  ['a timeout no timer can count', { timeout: 2 ** 31 }, '"timeout" must be milliseconds'],
  ['a batch of none', { rolling: 0 }, '"rolling" must be a whole number from 1 on, not 0.'],
  ['a relative place', { changes: {}, cwd: 'srv' }, '"cwd" must be an absolute path, not "srv".'],
])('[AP7] %s is a bad request that says what is wrong', (_what, body, message) => {
  const parsed = parseActRequest('restart', body)
  expect(parsed).toMatchObject({ ok: false, failure: { code: 'bad-request' } })
  expect(parsed.ok ? '' : parsed.failure.message).toContain(message)
})

test('[AP7] an unknown key is a bad request that names the nearest', () => {
  expect(parseActRequest('stop', { forse: true })).toMatchObject({
    failure: { message: 'The body has an unknown key "forse".', hint: 'Did you mean "force"?' },
  })
  expect(parseActRequest('stop', { constructor: 1 })).toMatchObject({
    failure: { hint: 'The keys are force, wait, timeout.' },
  })
})

test('[AP7] a key that means something to other verbs says to which', () => {
  expect(parseActRequest('start', { force: true })).toMatchObject({
    failure: { code: 'bad-request', message: '"force" means something to stop, restart and delete, not to start.' },
  })
  expect(parseActRequest('stop', { rolling: 1 })).toMatchObject({
    failure: { message: '"rolling" means something to restart, not to stop.' },
  })
})

test('[AP11] several unknown targets are told together, also of two kinds', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('POST', '/v1/processes/redsi,wbe,group:fornt,web/stop')).body).toEqual({
    error: {
      code: 'unknown-process',
      message: 'There are no processes "redsi" and "wbe". There is no group "fornt".',
      hint: 'Did you mean "redis"? Did you mean "web"? Did you mean "front"?',
    },
  })
  expect(server.control.orders).toBeEmpty()
})

test('[AP41] a group stands for its members and * for all, and both are answered with a list', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('GET', '/v1/processes/group:front')).body).toMatchObject([{ name: 'web' }, { name: 'api' }])
  expect((await server.ask('GET', '/v1/processes/*')).body).toHaveLength(3)
  expect((await server.ask('POST', '/v1/processes/group:front,web/stop')).body).toMatchObject({
    processes: [{ name: 'web' }, { name: 'api' }],
  })
  await using one = await aControlServer([{ name: 'web', groups: ['front'] }])
  expect((await one.ask('GET', '/v1/processes/group:front')).body).toMatchObject([{ name: 'web' }])
  expect((await one.ask('GET', '/v1/processes/*/why')).body).toMatchObject([{ name: 'web' }])
})

test('[AP41] nothing to act on is done at once', async () => {
  await using server = await aControlServer()
  const { status, body } = await server.ask('POST', '/v1/processes/*/stop')
  expect({ status, body }).toEqual({ status: 200, body: { outcome: 'done', processes: [] } })
  expect(server.control.orders).toBeEmpty()
})

test('[AP41] what only a process file has is not there until it is started', async () => {
  await using server = await aControlServer(tree)
  const { control } = server
  const resolve = control.resolve.bind(control)
  control.resolve = (target) => (target === 'mail' ? { ok: true, value: ['mail'] } : resolve(target))
  for (const path of ['/v1/processes/mail', '/v1/processes/web,mail/why', '/v1/processes/mail/log']) {
    expect((await server.ask('GET', path)).body).toMatchObject({
      error: { code: 'unknown-process', hint: expect.stringContaining('coppice start mail') },
    })
  }
})

test('[AP42] what was deleted is in the answer, as it was but stopped', async () => {
  await using server = await aControlServer(tree)
  const { status, body } = await server.ask('POST', '/v1/processes/web,redis/delete', { force: true })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    outcome: 'done',
    processes: [
      { id: 2, name: 'web', status: 'stopped', pid: null, last_pid: 1002, ready: false, restart_count: 3 },
      { id: 1, name: 'redis', status: 'stopped' },
    ],
  })
  expect(server.control.orders).toMatchObject([{ verb: 'delete', names: ['web', 'redis'], force: true }])
  expect((await server.ask('GET', '/v1/processes/*')).body).toMatchObject([{ name: 'api' }])
})

test('[AP42] what could not be deleted is in the answer as it is', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'fails' }, { name: 'api' }])
  expect((await server.ask('POST', '/v1/processes/web,api/delete')).body).toMatchObject({
    outcome: 'failed',
    processes: [
      { name: 'web', status: 'stuck' },
      { name: 'api', status: 'stopped' },
    ],
  })
})

test('[AP42] reset sets the counters to 0', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('POST', '/v1/processes/web/reset')).body).toMatchObject({
    outcome: 'done',
    processes: [{ name: 'web', status: 'running', restart_count: 0 }],
  })
})

test('[AP43] changes reach the supervisor with where they begin', async () => {
  await using server = await aControlServer(tree)
  await server.ask('POST', '/v1/processes/web/restart', { changes: { args: ['-v'] }, cwd: '/home/ann' })
  expect(server.control.orders).toMatchObject([
    { verb: 'restart', changes: { entry: { args: ['-v'] }, cwd: '/home/ann' } },
  ])
  const { status, body } = await server.ask('POST', '/v1/processes/web/restart', { changes: { args: ['-v'] } })
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: { message: expect.stringContaining('lacks "cwd"') } })
})

test('[AP54] what the supervisor refuses is told as it says it, and nobody waits', async () => {
  await using server = await aControlServer(tree)
  server.control.refuses = { code: 'store-failed', message: 'The disk is full.', hint: 'Make room.' }
  const { status, body } = await server.ask('POST', '/v1/processes/web/stop')
  expect(status).toBe(507)
  expect(body).toEqual({ error: { code: 'store-failed', message: 'The disk is full.', hint: 'Make room.' } })
})

test('[AP44] rolling acts on the next batch only when the one before has come up', async () => {
  await using server = await aControlServer(['a', 'b', 'c'].map((name) => ({ name, habit: 'dawdles', status: 'init' })))
  const { control } = server
  const answer = server.ask('POST', '/v1/processes/*/restart', { rolling: 2, force: true })
  await control.untilWaiting(1)
  control.becomes('a', 'running')
  expect(control.orders).toMatchObject([{ verb: 'restart', names: ['a', 'b'], force: true }])
  control.becomes('b', 'running')
  while (control.orders.length < 2) await Bun.sleep(1)
  expect(control.orders).toMatchObject([{ names: ['a', 'b'] }, { names: ['c'] }])
  control.becomes('c', 'running')
  expect((await answer).body).toMatchObject({
    outcome: 'done',
    processes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
  })
  expect((await answer).body).not.toHaveProperty('left')
})

test('[AP44] rolling stops at the first batch that fails, and tells which are left', async () => {
  await using server = await aControlServer([
    { name: 'a' },
    { name: 'b', habit: 'fails' },
    { name: 'c' },
    { name: 'd' },
  ])
  const { status, body } = await server.ask('POST', '/v1/processes/*/restart', { rolling: 1 })
  expect(status).toBe(200)
  expect(body).toMatchObject({ outcome: 'failed', processes: [{ name: 'a' }, { name: 'b' }], left: ['c', 'd'] })
  expect(server.control.orders.map(({ names }) => names)).toEqual([['a'], ['b']])
})

test('[AP44] the timeout is that of all batches together', async () => {
  await using server = await aControlServer([{ name: 'a', habit: 'dawdles', status: 'init' }, { name: 'b' }])
  const { body } = await server.ask('POST', '/v1/processes/*/restart', { rolling: 1, timeout: 20 })
  expect(body).toMatchObject({ outcome: 'timeout', processes: [{ name: 'a' }], left: ['b'] })
  await using both = await aControlServer(['a', 'b'].map((name) => ({ name, habit: 'dawdles', status: 'init' })))
  const before = performance.now()
  const answer = both.ask('POST', '/v1/processes/*/restart', { rolling: 1, timeout: 600 })
  await Bun.sleep(400) // So much of it the first batch takes.
  both.control.becomes('a', 'running')
  expect((await answer).body).toMatchObject({ outcome: 'timeout', processes: [{ name: 'a' }, { name: 'b' }] })
  expect(performance.now() - before).toBeLessThan(900)
})

test('[AP44] who hangs up ends it after the batch that is under way', async () => {
  await using server = await aControlServer([{ name: 'a', habit: 'dawdles', status: 'init' }, { name: 'b' }])
  const body = JSON.stringify({ rolling: 1 })
  const client = connect(server.socketPath, () => {
    client.write(`POST /v1/processes/*/restart HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  await server.control.untilWaiting(1)
  client.destroy()
  await server.control.untilWaiting(0)
  server.control.becomes('a', 'running')
  await server.ask('GET', '/v1/supervisor')
  expect(server.control.orders.map(({ names }) => names)).toEqual([['a']])
})

test('[AP44] what was deleted meanwhile is left out', async () => {
  await using server = await aControlServer([
    { name: 'a', habit: 'dawdles', status: 'init' },
    { name: 'b' },
    { name: 'c' },
  ])
  const answer = server.ask('POST', '/v1/processes/*/restart', { rolling: 1 })
  await server.control.untilWaiting(1)
  server.control.vanishes('b')
  server.control.becomes('a', 'running')
  expect((await answer).body).toMatchObject({ outcome: 'done', processes: [{ name: 'a' }, { name: 'c' }] })
})

test('[AP44] rolling without waiting is refused', async () => {
  await using server = await aControlServer(tree)
  const { status, body } = await server.ask('POST', '/v1/processes/*/restart', { rolling: 1, wait: false })
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: { message: expect.stringContaining('"rolling"') } })
  expect(server.control.orders).toBeEmpty()
})

test('[AP45] a description has the environment, for those who may see it', async () => {
  const web = { name: 'web', user: 'bob', env: { TOKEN: 'secret' } }
  await using server = await aControlServer([web])
  expect((await server.ask('GET', '/v1/processes/web')).body).toMatchObject({ env: { TOKEN: 'secret' } })
  await using other = await aControlServer([web], { caller: { uid: 7, user: 'ann' } })
  expect((await other.ask('GET', '/v1/processes/web')).body).toMatchObject({ name: 'web', env: null })
})
