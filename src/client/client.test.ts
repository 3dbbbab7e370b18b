import { expect, test } from 'bun:test'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { aControlServer, aDirectory } from '../../test/support/control-server.ts'
import { createClient } from './client.ts'

test('[AP1] every endpoint is a method', async () => {
  await using server = await aControlServer([{ name: 'web' }, { name: 'api' }])
  const client = createClient(server)
  expect(await client.supervisor()).toMatchObject({ ok: true, value: { pid: 4242 } })
  expect(await client.list()).toMatchObject({ ok: true, value: [{ name: 'web' }, { name: 'api' }] })
  expect(await client.describe(['2'])).toMatchObject({ ok: true, value: { name: 'api' } })
  expect(await client.why(['web', 'api'])).toMatchObject({ ok: true, value: [{ links: [{}, {}] }, {}] })
  expect(await client.act({ verb: 'stop', names: ['web'], force: true, timeout: 100 })).toMatchObject({
    ok: true,
    value: { outcome: 'done' },
  })
})

test('[AP11] an error of the API is a failure with its code, sentence and hint', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  expect(await createClient(server).describe(['wbe'])).toEqual({
    ok: false,
    failure: { code: 'unknown-process', message: 'There is no process "wbe".', hint: 'Did you mean "web"?' },
  })
})

test('[CL26] nobody at the socket is a failure', async () => {
  await using directory = await aDirectory()
  const socketPath = join(directory.path, 's')
  expect(await createClient({ socketPath }).list()).toMatchObject({
    ok: false,
    failure: { code: 'no-supervisor', message: expect.stringContaining(socketPath) },
  })
})

test.each([
  ['hangs up', 'connection-lost', ''],
  ['speaks no HTTP', 'not-coppice', 'SSH-2.0-OpenSSH_9.9p1\r\n\r\n'],
  ['speaks broken HTTP', 'not-coppice', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
  ['speaks no JSON', 'not-coppice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
  ['speaks another JSON', 'not-coppice', 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n[{"a":1}'],
  ['answers something else', 'not-coppice', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[{"id":1}]'],
  ['has errors of its own', 'not-coppice', 'HTTP/1.1 500 Oops\r\nContent-Length: 11\r\n\r\n{"error":1}'],
])('[CL26] who %s is a failure of its own', async (_what, code, reply) => {
  await using stranger = await aStranger(reply)
  expect(await createClient(stranger).list()).toMatchObject({ ok: false, failure: { code } })
})

test('[CL27] one who is silent is a failure after a while', async () => {
  await using stranger = await aStranger(null)
  expect(await createClient({ ...stranger, patience: 20 }).list()).toMatchObject({
    ok: false,
    failure: { code: 'silent' },
  })
})

/** Somebody else's server: it sends this to whoever connects, and hangs up; null: it says nothing. */
async function aStranger(reply: string | null): Promise<AsyncDisposable & { readonly socketPath: string }> {
  const directory = await aDirectory()
  const socketPath = join(directory.path, 's')
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      if (reply !== null) socket.end(reply)
    })
  }).listen(socketPath)
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      server.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}
