import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { aControlServer } from '../../test/support/control-server.ts'
import { createClient } from '../client/client.ts'

const tree = [{ name: 'redis' }, { name: 'web', parent: 'redis' }, { name: 'api', parent: 'redis' }] as const

test('[AP1] it speaks HTTP and JSON', async () => {
  await using server = await aControlServer()
  const { status, headers, body } = await server.ask('GET', '/v1/supervisor')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('application/json')
  expect(body).toMatchObject({ version: '1.2.3', pid: 4242, mode: 'up', file: '/srv/tree.yml' })
})

test('[AP1] a client without keep-alive and with HTTP/1.0 is one too', async () => {
  await using server = await aControlServer(tree)
  const text = await exchangeRaw(server.socketPath, 'GET /v1/processes HTTP/1.0\r\n\r\n')
  expect(text).toStartWith('HTTP/1.1 200 OK\r\n')
  expect(text).toEndWith(']\n')
})

test('[AP2] the list has every process by ascending id', async () => {
  await using server = await aControlServer(tree)
  const { body } = await server.ask('GET', '/v1/processes')
  expect(body).toMatchObject([
    { id: 1, name: 'redis' },
    { id: 2, name: 'web', parent: 'redis' },
    { id: 3, name: 'api' },
  ])
})

test('[AP2] the list has no size limit', async () => {
  await using server = await aControlServer(Array.from({ length: 5000 }, (_, n) => ({ name: `process-${n}` })))
  const { body } = await server.ask('GET', '/v1/processes')
  expect(body).toHaveLength(5000)
})

test('[AP3] one name is answered with one process, several or a shared name with a list', async () => {
  await using server = await aControlServer([
    { name: 'web-1', instanceOf: 'web' },
    { name: 'web-2', instanceOf: 'web' },
  ])
  expect((await server.ask('GET', '/v1/processes/web-1')).body).toMatchObject({ name: 'web-1' })
  expect((await server.ask('GET', '/v1/processes/2')).body).toMatchObject({ name: 'web-2' })
  expect((await server.ask('GET', '/v1/processes/web')).body).toMatchObject([{ name: 'web-1' }, { name: 'web-2' }])
  expect((await server.ask('GET', '/v1/processes/web-2,web-1')).body).toMatchObject([
    { name: 'web-2' },
    { name: 'web-1' },
  ])
})

test('[AP3] what is named twice is answered once', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('GET', '/v1/processes/web,2,web')).body).toMatchObject([{ name: 'web' }])
})

test('[AP4] why answers with the chain of reasons, newest last', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('GET', '/v1/processes/web/why')).body).toEqual({
    name: 'web',
    status: 'running',
    sentences: ['web is running because started, at 2026-11-20T08:00:01.500Z.', 'It is as it is.'],
    links: [
      { at: '2026-11-20T08:00:00.000Z', text: 'asked to start by root' },
      { at: '2026-11-20T08:00:01.500Z', text: 'started' },
    ],
  })
  expect((await server.ask('GET', '/v1/processes/web,api/why')).body).toMatchObject([{ name: 'web' }, { name: 'api' }])
})

test.each(['start', 'stop', 'restart'] as const)('[AP5] %s records one wish for all that are named', async (verb) => {
  await using server = await aControlServer(tree)
  const { status, body } = await server.ask('POST', `/v1/processes/web,api/${verb}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ outcome: 'done', processes: [{ name: 'web' }, { name: 'api' }] })
  expect(server.control.orders).toMatchObject([{ verb, names: ['web', 'api'], force: false }])
})

test('[AP5] force reaches the supervisor', async () => {
  await using server = await aControlServer(tree)
  await server.ask('POST', '/v1/processes/web/stop', { force: true })
  expect(server.control.orders).toMatchObject([{ verb: 'stop', force: true }])
})

test('[AP6] names are percent-encoded in a path', async () => {
  await using server = await aControlServer([{ name: 'mail@+1' }])
  expect((await server.ask('GET', '/v1/processes/mail%40%2B1')).body).toMatchObject({ name: 'mail@+1' })
  expect((await server.ask('GET', '/v1/processes/mail%zz')).status).toBe(400)
  expect((await server.ask('GET', '/v1/processes/,')).status).toBe(400)
})

test.each([
  ['no JSON', '{"wait": tru', 'not JSON'],
  ['a wrong type', { wait: 'yes' }, '"wait" must be true or false, not "yes".'],
  ['an unknown key', { wiat: true }, '"wiat"'],
])('[AP7] a body with %s is refused, and nothing is done', async (_what, sent, told) => {
  await using server = await aControlServer(tree)
  const { status, body } = await server.ask('POST', '/v1/processes/web/stop', sent)
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: { code: 'bad-request', message: expect.stringContaining(told) } })
  expect(server.control.orders).toBeEmpty()
})

test('[AP7] a body of more than 64 KiB is refused, and the connection goes on', async () => {
  await using server = await aControlServer(tree)
  const { status, body } = await server.ask('POST', '/v1/processes/web/stop', `"${'x'.repeat(10_000_000)}"`)
  expect(status).toBe(413)
  expect(body).toMatchObject({ error: { code: 'too-large' } })
  expect((await server.ask('GET', '/v1/supervisor')).status).toBe(200)
})

test('[AP8] it answers when the wish has come true', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'dawdles', status: 'stopped' }])
  const answer = server.ask('POST', '/v1/processes/web/start')
  await server.control.untilWaiting(1)
  server.control.becomes('web', 'init')
  expect(server.control.waiting).toBe(1)
  server.control.becomes('web', 'running')
  expect((await answer).body).toMatchObject({ outcome: 'done', processes: [{ status: 'running', ready: true }] })
  await server.control.untilWaiting(0)
})

test('[AP8] or when it cannot come true', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'fails' }])
  const { status, body } = await server.ask('POST', '/v1/processes/web/restart')
  expect(status).toBe(200)
  expect(body).toMatchObject({ outcome: 'failed', processes: [{ status: 'failed', reason: 'could not restart' }] })
})

test('[AP8] wait: false answers when the wish is recorded', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'dawdles' }])
  const { status, body } = await server.ask('POST', '/v1/processes/web/stop', { wait: false })
  expect(status).toBe(202)
  expect(body).toMatchObject({ outcome: 'accepted', processes: [{ name: 'web', status: 'running' }] })
  expect(server.control.waiting).toBe(0)
})

test('[AP9] a timeout ends the waiting and not the wish', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'dawdles' }])
  const { status, body } = await server.ask('POST', '/v1/processes/web/stop', { timeout: 20 })
  expect(status).toBe(200)
  expect(body).toMatchObject({ outcome: 'timeout', processes: [{ status: 'running' }] })
  expect(server.control.waiting).toBe(0)
  expect(server.control.orders).toHaveLength(1)
})

test('[AP9] what has come true at once is done, also with a timeout of 0', async () => {
  await using server = await aControlServer(tree)
  const { body } = await server.ask('POST', '/v1/processes/web/stop', { timeout: 0 })
  expect(body).toMatchObject({ outcome: 'done' })
})

test('[AP10] a client that hangs up ends the waiting and not the wish', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'dawdles' }])
  const client = connect(server.socketPath, () => {
    client.write('POST /v1/processes/web/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')
  })
  await server.control.untilWaiting(1)
  client.destroy()
  await server.control.untilWaiting(0)
  expect(server.control.orders).toHaveLength(1)
  expect(server.errors).toBeEmpty()
})

test('[AP10] a client that hangs up in the middle of its request does no harm', async () => {
  await using server = await aControlServer(tree)
  const client = connect(server.socketPath, () => {
    client.write('POST /v1/processes/web/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{"wait"', () =>
      client.destroy(),
    )
  })
  await new Promise((resolve) => client.on('close', resolve))
  expect((await server.ask('GET', '/v1/supervisor')).status).toBe(200)
  expect(server.control.orders).toBeEmpty()
  expect(server.errors).toBeEmpty()
})

test('[AP11] an unknown name is 404 with the nearest name, and nothing is done for the others', async () => {
  await using server = await aControlServer(tree)
  const { status, body } = await server.ask('POST', '/v1/processes/web,redsi/stop')
  expect(status).toBe(404)
  expect(body).toEqual({
    error: { code: 'unknown-process', message: 'There is no process "redsi".', hint: 'Did you mean "redis"?' },
  })
  expect(server.control.orders).toBeEmpty()
})

test('[AP11] without a near name the hint tells those there are', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('GET', '/v1/processes/mail,99')).body).toMatchObject({
    error: { message: 'There are no processes "mail" and "99".', hint: 'There are redis, web and api.' },
  })
  await using empty = await aControlServer()
  expect((await empty.ask('GET', '/v1/processes/mail/why')).body).toMatchObject({
    error: { code: 'unknown-process', hint: 'There are no processes at all.' },
  })
})

test.each(['/', '/v1', '/v1/processes/', '/v1/processes/web/', '/v1/processes/web/why/not', '/v2/processes'])(
  '[AP12] there is nothing at %s',
  async (path) => {
    await using server = await aControlServer(tree)
    const { status, body } = await server.ask('GET', path)
    expect({ path, status }).toEqual({ path, status: path === '/v1/processes/' ? 400 : 404 })
    expect(body).toMatchObject({ error: { code: expect.stringMatching(/^(not-found|bad-request)$/) } })
  },
)

test('[AP12] a wrong method is 405 and tells the right one', async () => {
  await using server = await aControlServer(tree)
  const answer = await server.ask('DELETE', '/v1/processes/web/stop')
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toBe('POST')
  expect(answer.body).toMatchObject({ error: { code: 'wrong-method' } })
  expect(server.control.orders).toBeEmpty()
})

test('[AP13] a bug is 500 without its details, is told to the supervisor, and the others go on', async () => {
  await using server = await aControlServer(tree)
  server.control.list = () => {
    throw new Error('secret detail')
  }
  const { status, body } = await server.ask('GET', '/v1/processes')
  expect(status).toBe(500)
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(body).toMatchObject({ error: { code: 'internal' } })
  expect(server.errors).toEqual([new Error('secret detail')])
  expect((await server.ask('GET', '/v1/processes/web')).status).toBe(200)
})

test('[AP14] nothing waits behind a slow request', async () => {
  await using server = await aControlServer([...tree, { name: 'slow', habit: 'dawdles' }])
  const { socketPath, control } = server
  const client = createClient({ socketPath })
  const slow = Array.from({ length: 50 }, () => client.act({ verb: 'stop', names: ['slow'] }))
  await control.untilWaiting(50)
  expect(await client.list()).toMatchObject({ ok: true })
  control.becomes('slow', 'stopped')
  for (const answer of await Promise.all(slow)) expect(answer).toMatchObject({ ok: true, value: { outcome: 'done' } })
})

test('[AP14] 100 clients at once are all answered', async () => {
  await using server = await aControlServer(Array.from({ length: 100 }, (_, n) => ({ name: `process-${n}` })))
  const ask = async (): Promise<number> => (await server.ask('GET', '/v1/processes')).status
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => [await ask(), await ask(), await ask()]))
  expect(new Set(statuses.flat())).toEqual(new Set([200]))
})

test('[AP15] the caller is who the kernel says', async () => {
  await using server = await aControlServer(tree, { caller: { uid: 7, user: 'ann' } })
  await server.ask('POST', '/v1/processes/web/stop')
  expect(server.control.orders).toMatchObject([{ caller: { uid: 7, user: 'ann' } }])
})

test('[AP18] the end of the server refuses what waits and closes idle connections at once', async () => {
  await using server = await aControlServer([{ name: 'web', habit: 'dawdles' }])
  const idle = connect(server.socketPath)
  const idleIsOver = new Promise((resolve) => idle.on('close', resolve))
  const waits = server.ask('POST', '/v1/processes/web/stop')
  await server.control.untilWaiting(1)
  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(500)
  await idleIsOver
  expect(await waits).toMatchObject({ status: 503, body: { error: { code: 'shutting-down' } } })
  expect(await createClient(server).list()).toMatchObject({ ok: false, failure: { code: 'no-supervisor' } })
})

test('[AP18] the end of the server does not wait for a client that does not read', async () => {
  await using server = await aControlServer(Array.from({ length: 5000 }, (_, n) => ({ name: `process-${n}` })))
  const client = connect(server.socketPath, () => {
    client.pause()
    for (let n = 0; n < 5; n++) client.write('GET /v1/processes HTTP/1.1\r\nHost: x\r\n\r\n')
  })
  await new Promise((resolve) => client.on('connect', resolve))
  await server.ask('GET', '/v1/supervisor')
  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(3000)
  client.destroy()
})

test('[AP19] what is not HTTP gets 400 and does no harm', async () => {
  await using server = await aControlServer(tree)
  expect(await exchangeRaw(server.socketPath, '\x00\x16\x03 garbage\r\n\r\n')).toStartWith('HTTP/1.1 400 ')
  expect(await exchangeRaw(server.socketPath, 'POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n')).toStartWith(
    'HTTP/1.1 400 ',
  )
  expect((await server.ask('GET', '/v1/supervisor')).status).toBe(200)
  expect(server.errors).toBeEmpty()
})

/** Writes these bytes and reads until the other side hangs up. */
function exchangeRaw(socketPath: string, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let received = ''
  const client = connect(socketPath, () => client.write(text))
  client.on('data', (bytes) => (received += bytes.toString()))
  client.on('close', () => resolve(received))
  client.on('error', reject)
  return promise
}
