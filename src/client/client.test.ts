import { describe, expect, test } from 'bun:test'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { aControlServer, aDirectory, type ControlServer } from '../../test/support/control-server.ts'
import type { Failure } from '../lib/result.ts'
import { defaultLogQuery, type LogQuery } from '../wire/log.ts'
import { createClient } from './client.ts'
import { dataOf } from './sse.ts'

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

test('[AP1] what only a daemon can is a method, too', async () => {
  await using server = await aControlServer([{ name: 'web', groups: ['front'] }, { name: 'api' }])
  const client = createClient(server)
  const cwd = '/srv'
  expect(await client.exec({ process: { file: './db' }, cwd })).toMatchObject({
    ok: true,
    value: { outcome: 'done', processes: [{ name: 'db' }], warnings: [] },
  })
  expect(await client.init({ process_config_only: true })).toMatchObject({ ok: true, value: { processes: [] } })
  expect(await client.apply({ path: '/srv/a.yml', text: '', cwd, dry_run: true })).toMatchObject({
    ok: true,
    value: { outcome: 'planned', plan: { added: [] } },
  })
  expect(await client.graph({ processConfigOnly: true })).toMatchObject({ ok: true, value: { queue: [] } })
  expect(await client.graph({ processConfigOnly: false })).toMatchObject({ ok: true, value: { queue: { length: 3 } } })
  expect(await client.export()).toMatchObject({ ok: true, value: [{ name: 'web', groups: ['front'] }, {}, {}] })
  expect(await client.config()).toMatchObject({ ok: true, value: { file: '/etc/coppice/config.yml' } })
  expect(await client.reload()).toMatchObject({ ok: true, value: { settings: [{}, {}] } })
})

test('[AP1] groups are made, filled, shown and forgotten', async () => {
  await using server = await aControlServer([{ name: 'web' }, { name: 'api' }])
  const { groups } = createClient(server)
  expect(await groups.create('front')).toMatchObject({ ok: true, value: { id: 1, name: 'front' } })
  expect(await groups.assign(['front'], ['web', 'api'])).toMatchObject({
    ok: true,
    value: { processes: ['web', 'api'] },
  })
  expect(await groups.remove(['1'], ['web'])).toMatchObject({ ok: true, value: { processes: ['api'] } })
  expect(await groups.describe(['front'])).toMatchObject({ ok: true, value: { name: 'front' } })
  expect(await groups.delete(['front'])).toMatchObject({ ok: true, value: { processes: ['api'] } })
  expect(await groups.list()).toEqual({ ok: true, value: [] })
  expect(await groups.describe(['front'])).toMatchObject({ ok: false, failure: { code: 'unknown-group' } })
})

test('[AP1] metrics are text, and the document of the API is JSON', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  const client = createClient(server)
  expect(await client.metrics()).toMatchObject({ ok: true, value: expect.stringContaining('process="web"') })
  expect(await client.openapi()).toMatchObject({ ok: true, value: { paths: {} } })
})

describe('[CL70] a log is bytes as they are', () => {
  test('to its end', async () => {
    await using server = await aControlServer([{ name: 'web' }])
    server.control.writes('web', 'one\ntwo\nthrée\n')
    expect(await textOf(server, { ...defaultLogQuery, lines: { tag: 'tail', count: 2 } })).toEqual({
      text: 'two\nthrée\n',
      failure: null,
    })
    server.control.writes('web:archive', 'zero\n')
    server.control.writes('web:stderr', 'oops\n')
    const lines = { tag: 'from', count: 1 } as const
    expect((await textOf(server, { ...defaultLogQuery, lines, archives: true })).text).toBe('zero\none\ntwo\nthrée\n')
    expect((await textOf(server, { ...defaultLogQuery, lines, stream: 'stderr' })).text).toBe('oops\n')
  })

  test('as they come, until we have enough', async () => {
    await using server = await aControlServer([{ name: 'web' }])
    server.control.writes('web', 'one\n')
    const enough = new AbortController()
    const stream = await createClient(server).log('web', { ...defaultLogQuery, follow: true }, enough.signal)
    if (!stream.ok) throw new Error(stream.failure.message)
    let text = ''
    for await (const bytes of stream.value) {
      text += new TextDecoder().decode(bytes)
      if (text === 'one\n') {
        await server.control.untilFollowed('logs', 1)
        server.control.writes('web', 'two\n')
      } else enough.abort()
    }
    expect({ text, failure: stream.value.failure }).toEqual({ text: 'one\ntwo\n', failure: null })
    await server.control.untilFollowed('logs', 0)
  })

  test('of whom nobody knows it is a failure, and of a supervisor that says nothing', async () => {
    await using server = await aControlServer([{ name: 'web' }])
    const { signal } = new AbortController()
    expect(await createClient(server).log('web', defaultLogQuery, signal)).toMatchObject({
      ok: false,
      failure: { code: 'no-log' },
    })
    await using stranger = await aStranger(null)
    expect(await createClient({ ...stranger, patience: 20 }).log('web', defaultLogQuery, signal)).toMatchObject({
      ok: false,
      failure: { code: 'silent' },
    })
  })

  test('that breaks off is a failure at its end', async () => {
    const { promise: hangsUp, resolve: hangUp } = Promise.withResolvers<void>()
    await using stranger = await aStranger(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n',
      hangsUp,
    )
    const stream = await createClient(stranger).log('web', defaultLogQuery, new AbortController().signal)
    if (!stream.ok) throw new Error(stream.failure.message)
    let text = ''
    for await (const bytes of stream.value) {
      text += new TextDecoder().decode(bytes)
      hangUp()
    }
    expect({ text, code: stream.value.failure?.code }).toEqual({ text: 'one\n', code: 'connection-lost' })
  })

  async function textOf(
    server: { socketPath: string },
    query: LogQuery,
  ): Promise<{ text: string; failure: Failure | null }> {
    const stream = await createClient(server).log('web', query, new AbortController().signal)
    if (!stream.ok) throw new Error(stream.failure.message)
    const parts = await Array.fromAsync(stream.value)
    return { text: Buffer.concat(parts).toString(), failure: stream.value.failure }
  }
})

describe('[CL67] whoever follows the journal', () => {
  test('gets what was since, then what happens, of one process if that is asked for', async () => {
    await using server = await aControlServer([{ name: 'web' }, { name: 'api' }])
    for (const process of ['web', 'api', 'web']) server.control.happens({ process })
    const enough = new AbortController()
    const seen: number[] = []
    for await (const { id } of createClient(server).events({ since: 1, process: 'web', signal: enough.signal })) {
      seen.push(id)
      if (id === 5) enough.abort()
      if (id !== 3) continue
      await server.control.untilFollowed('events', 1)
      server.control.happens({ process: 'api' })
      server.control.happens({ process: 'web' })
    }
    expect(seen).toEqual([3, 5])
  })

  test('goes on with the next supervisor where the last one ended, without a gap and without a repetition', async () => {
    await using directory = await aDirectory()
    const socketPath = join(directory.path, 's')
    const first = await aControlServer([{ name: 'web' }], { socketPath })
    for (const process of ['web', 'web']) first.control.happens({ process })
    const enough = new AbortController()
    const seen: number[] = []
    let second: ControlServer | null = null
    for await (const { id } of createClient({ socketPath }).events({ since: 0, signal: enough.signal })) {
      seen.push(id)
      if (id === 4) enough.abort()
      if (id !== 2) continue
      await first.control.untilFollowed('events', 1)
      await first.close()
      second = await aControlServer([{ name: 'web' }], { socketPath })
      for (const process of ['web', 'web', 'web', 'web']) second.control.happens({ process })
    }
    expect(seen).toEqual([1, 2, 3, 4])
    await second?.close()
  })

  test('is told where one refuses', async () => {
    await using stranger = await aStranger(
      'HTTP/1.1 403 Forbidden\r\nContent-Length: 51\r\n\r\n{"error":{"code":"forbidden","message":"Not you."}}\n',
    )
    const events = createClient(stranger).events({ signal: new AbortController().signal })
    expect(await Array.fromAsync(events)).toEqual([])
    expect(events.failure).toEqual({ code: 'forbidden', message: 'Not you.' })
  })
})

test.each([
  ['data: {"a":1}\n\n', ['{"a":1}']],
  [': hello\n\nid: 3\nevent: x\ndata:1\ndata: 2\n\n', ['1\n2']],
  ['data: 1\r\n\r\ndata: é\n\n', ['1', 'é']],
  ['data: 1\n\ndata: cut', ['1']],
])('[CL67] the stream %p tells %p, wherever it is cut', async (text, events) => {
  const bytes = new TextEncoder().encode(text)
  for (const size of [1, 2, 5, 100]) {
    const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    )
    expect(await Array.fromAsync(dataOf(Readable.from(parts)))).toEqual(events)
  }
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

/** Somebody else's server: it sends this to whoever connects, and hangs up, at once or later; null: it says nothing. */
async function aStranger(
  reply: string | null,
  hangsUp: Promise<void> = Promise.resolve(),
): Promise<AsyncDisposable & { readonly socketPath: string }> {
  const directory = await aDirectory()
  const socketPath = join(directory.path, 's')
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      if (reply === null) return
      socket.write(reply)
      void hangsUp.then(() => socket.end())
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
