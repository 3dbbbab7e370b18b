// A server that gives way to another one: what becomes of those who ask meanwhile.
import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { aControlServer, aDirectory } from '../../test/support/control-server.ts'
import { FakeControl } from '../../test/support/fake-control.ts'
import { createClient } from '../client/client.ts'
import { listeningSockets } from '../system/listening.ts'
import { duplicate } from '../system/libc.ts'
import { serveControl, type ControlServer } from './server.ts'

const sockets = listeningSockets

/** Two servers for one listening socket, the second of which takes over from the first. */
async function aRelay(): Promise<
  AsyncDisposable & {
    readonly socketPath: string
    readonly first: { readonly server: ControlServer; readonly control: FakeControl }
    second(): Promise<FakeControl>
  }
> {
  if (sockets === null) throw new Error('not on this host')
  const stack = new AsyncDisposableStack()
  const { path } = stack.use(await aDirectory())
  const socketPath = join(path, 'coppice.sock')
  const serve = async (inherited: number | null) => {
    const control = new FakeControl([{ name: 'web', habit: 'dawdles', status: 'init' }, { name: 'api' }])
    const errors: unknown[] = []
    const served = await serveControl({
      control,
      socketPath,
      sockets,
      inherited,
      mode: 0o600,
      peerOf: () => ({ uid: 0, user: 'root' }),
      onError: (error) => errors.push(error),
    })
    if (!served.ok) throw new Error(served.failure.message)
    stack.use(served.value)
    stack.defer(() => expect(errors).toEqual([]))
    return { server: served.value, control }
  }
  const first = await serve(null)
  return {
    socketPath,
    first,
    second: async () => (await serve(duplicate(first.server.descriptor ?? -1))).control,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

const brief = { besides: 0, within: 1000 }

test.skipIf(sockets === null)('[AP17] a socket that can be handed on has its rights from the beginning', async () => {
  await using relay = await aRelay()
  expect(statSync(relay.socketPath).mode & 0o777).toBe(0o600)
})

test.skipIf(sockets === null)('[DM42] who connects meanwhile waits for who comes next', async () => {
  await using relay = await aRelay()
  await relay.first.server.pause(brief)
  const answers = Array.from({ length: 20 }, () => createClient({ socketPath: relay.socketPath }).list())
  let answered = 0
  for (const answer of answers) void answer.then(() => answered++)
  await Bun.sleep(50)
  expect(answered).toBe(0)
  await relay.second()
  expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true)
})

test.skipIf(sockets === null)('[DM44] who was paused may go on', async () => {
  await using relay = await aRelay()
  await relay.first.server.pause(brief)
  const answer = createClient({ socketPath: relay.socketPath }).list()
  expect(await relay.first.server.resume()).toMatchObject({ ok: true })
  expect(await answer).toMatchObject({ ok: true })
})

test.skipIf(sockets === null)('[AP60] who waits is told how to wait on, and what it would have been told', async () => {
  await using relay = await aRelay()
  const { server, control } = relay.first
  const waiting = fetch('http://coppice/v1/processes/web/restart', { unix: relay.socketPath, method: 'POST' })
  while (control.waiting === 0) await Bun.sleep(1)
  await server.pause(brief)
  const { status, body } = await waiting.then(async (answer) => ({
    status: answer.status,
    body: (await answer.json()) as { resume: object },
  }))
  expect(status).toBe(503)
  expect(body).toMatchObject({
    error: { code: 'replaced' },
    resume: { begun: [{ verb: 'restart', processes: [{ id: 1, name: 'web', restart_count: 0 }] }] },
    answer: { processes: [{ name: 'web' }] },
  })
  const next = await relay.second()
  const resumed = fetch('http://coppice/v1/wait', {
    unix: relay.socketPath,
    method: 'POST',
    body: JSON.stringify(body.resume),
  })
  while (next.waiting === 0) await Bun.sleep(1)
  next.becomes('web', 'running')
  expect(await resumed.then((answer) => answer.json())).toMatchObject({ outcome: 'done', processes: [{ name: 'web' }] })
  expect(next.orders).toEqual([])
})

test.skipIf(sockets === null)('[CL80] a client that waits goes on waiting, and acts once', async () => {
  await using relay = await aRelay()
  const { server, control } = relay.first
  const acted = createClient({ socketPath: relay.socketPath }).act({ verb: 'restart', names: ['web'], timeout: 10_000 })
  while (control.waiting === 0) await Bun.sleep(1)
  await server.pause(brief)
  const next = await relay.second()
  while (next.waiting === 0) await Bun.sleep(1)
  next.becomes('web', 'running')
  expect(await acted).toMatchObject({ ok: true, value: { outcome: 'done', processes: [{ status: 'running' }] } })
  expect([control.orders.length, next.orders.length]).toEqual([1, 0])
})

test.skipIf(sockets === null)('[CL80] a rolling restart goes on with those it has not come to', async () => {
  await using relay = await aRelay()
  const { server, control } = relay.first
  const order = { verb: 'restart', names: ['web', 'api'], rolling: 1 } as const
  const acted = createClient({ socketPath: relay.socketPath }).act(order)
  while (control.waiting === 0) await Bun.sleep(1)
  await server.pause(brief)
  const next = await relay.second()
  while (next.waiting === 0) await Bun.sleep(1)
  next.becomes('web', 'running')
  expect(await acted).toMatchObject({
    ok: true,
    value: { outcome: 'done', processes: [{ name: 'web' }, { name: 'api' }] },
  })
  expect(control.orders.map(({ names }) => names)).toEqual([['web']])
  expect(next.orders.map(({ names }) => names)).toEqual([['api']])
})

test.skipIf(sockets === null)('[AP60] streams end, and what has an end is given whole', async () => {
  await using relay = await aRelay()
  const { server, control } = relay.first
  control.logs.set('web', 'x'.repeat(3_000_000))
  const ask = (path: string): Promise<Response> => fetch(`http://coppice${path}`, { unix: relay.socketPath })
  const following = ask('/v1/processes/web/log?follow=true')
  const [events, log] = [await ask('/v1/events'), await ask('/v1/processes/web/log?lines=%2B1')]
  const told = Promise.all([events.text(), log.text(), following.then((answer) => answer.text())])
  while (control.followers.events === 0 || control.followers.logs === 0) await Bun.sleep(1)
  await server.pause(brief)
  const [, text] = await told
  expect(text).toHaveLength(3_000_000)
})

test('[AP61] a refusal of a replacement is told', async () => {
  await using server = await aControlServer()
  const asked = await server.ask('POST', '/v1/supervisor/reload-binary', { executable: '/opt/coppice' })
  expect(asked).toMatchObject({ status: 409, body: { error: { code: 'not-replaced' } } })
  expect(server.control.replacements).toMatchObject([{ executable: '/opt/coppice', caller: { uid: 0 } }])
  const relative = await server.ask('POST', '/v1/supervisor/reload-binary', { executable: 'coppice' })
  expect(relative).toMatchObject({ status: 400, body: { error: { code: 'bad-request' } } })
})
