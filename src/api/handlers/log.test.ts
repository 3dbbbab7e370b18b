import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { aControlServer } from '../../../test/support/control-server.ts'

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}\n`).join('')

const tree = [{ name: 'web+1' }, { name: 'api' }] as const

test('[AP48] a log is the last 10 lines as plain text, or so many, or from a line on', async () => {
  await using server = await aControlServer(tree)
  server.control.logs.set('web+1', lines(1, 30))
  const answer = await server.open('/v1/processes/web+1/log')
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await answer.text()).toBe(lines(21, 30))
  const read = async (query: string): Promise<string> => (await server.open(`/v1/processes/1/log?${query}`)).text()
  expect(await read('lines=2')).toBe(lines(29, 30))
  expect(await read('lines=0')).toBe('')
  expect(await read('lines=+28')).toBe(lines(28, 30))
  expect(await read('lines=%2B29')).toBe(lines(29, 30))
})

test('[AP48] archives and stderr are there when they are asked for', async () => {
  await using server = await aControlServer(tree)
  server.control.logs.set('api', 'now\n').set('api:archive', 'before\n').set('api:stderr', 'oops\n')
  const read = async (query: string): Promise<string> => (await server.open(`/v1/processes/api/log${query}`)).text()
  expect(await read('')).toBe('now\n')
  expect(await read('?all=1')).toBe('before\nnow\n')
  expect(await read('?all=0&stream=stderr')).toBe('oops\n')
})

test('[AP48] with follow it goes on with what is added, and ends when the client goes away', async () => {
  await using server = await aControlServer(tree)
  server.control.logs.set('api', 'one\n')
  const leaving = new AbortController()
  const answer = await server.open('/v1/processes/api/log?follow', { signal: leaving.signal })
  const reader = answer.body!.getReader()
  const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value)
  expect(await read()).toBe('one\n')
  await server.control.untilFollowed('logs', 1)
  server.control.writes('api', 'two\n')
  expect(await read()).toBe('two\n')
  leaving.abort()
  await server.control.untilFollowed('logs', 0)
  expect(server.errors).toBeEmpty()
})

test('[AP48] a follower of a log that is silent has its answer at once', async () => {
  await using server = await aControlServer(tree)
  server.control.logs.set('api', '')
  const leaving = new AbortController()
  const answer = await server.open('/v1/processes/api/log?follow=1', { signal: leaving.signal })
  expect(answer.status).toBe(200)
  leaving.abort()
})

test.each([
  ['/v1/processes/web+1,api/log', 400, 'bad-request', 'web+1, api'],
  ['/v1/processes/*/log', 400, 'bad-request', '2 processes'],
  ['/v1/processes/apy/log', 404, 'unknown-process', '"apy"'],
  ['/v1/processes/api/log', 404, 'no-log', 'api'],
  ['/v1/processes/api/log?lines=ten', 400, 'bad-request', '"lines" must be a number of lines, or +K for those'],
  ['/v1/processes/api/log?lines=-5', 400, 'bad-request', 'not "-5"'],
  ['/v1/processes/api/log?stream=both', 400, 'bad-request', '"stream" must be "stdout" or "stderr", not "both".'],
  ['/v1/processes/api/log?folow', 400, 'bad-request', '"folow"'],
])('[AP48] %s is refused with %d %s', async (path, status, code, told) => {
  await using server = await aControlServer(tree)
  const answer = await server.ask('GET', path)
  expect(answer).toMatchObject({ status, body: { error: { code, message: expect.stringContaining(told) } } })
})

test('[AP49] who does not read costs no more than a chunk, and holds up nobody', async () => {
  await using server = await aControlServer(tree)
  const chunk = new Uint8Array(64 * 1024).fill(97)
  let [asked, isOver] = [0, false]
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (; asked < 1000; await Bun.sleep(0)) {
        asked += 1
        yield chunk
      }
    } finally {
      isOver = true
    }
  }
  server.control.log = () => ({ ok: true, value: endless() })
  const client = connect(server.socketPath, () => {
    client.pause()
    client.write('GET /v1/processes/api/log?follow=1 HTTP/1.1\r\nHost: x\r\n\r\n')
  })
  // Until it stands still: what the kernel holds for a socket, and one chunk.
  for (let before = -1; asked === 0 || asked !== before; await Bun.sleep(50)) before = asked
  expect(asked).toBeLessThan(20)
  expect((await server.ask('GET', '/v1/supervisor')).status).toBe(200)
  client.destroy()
  while (!isOver) await Bun.sleep(1)
  expect(server.errors).toBeEmpty()
})

test('[AP49] a reader gets all of it, however slowly it reads', async () => {
  await using server = await aControlServer(tree)
  const text = lines(1, 200_000)
  server.control.logs.set('api', text)
  const answer = await server.open('/v1/processes/api/log?lines=+1')
  let read = ''
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    read += part
    if (read.length < 500_000) await Bun.sleep(1)
  }
  expect(read).toBe(text)
})

test('[AP49] a stream that breaks is broken off, and is not taken for the whole', async () => {
  await using server = await aControlServer(tree)
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('half')
    await Bun.sleep(1)
    throw new Error('disk on fire')
  }
  server.control.log = () => ({ ok: true, value: broken() })
  const answer = await server.open('/v1/processes/api/log')
  await expect(answer.text()).rejects.toThrow()
  while (server.errors.length === 0) await Bun.sleep(1)
  expect(server.errors).toEqual([new Error('disk on fire')])
  expect((await server.ask('GET', '/v1/supervisor')).status).toBe(200)
})

test('[AP18] the end of the server ends streams in good order', async () => {
  await using server = await aControlServer(tree)
  server.control.logs.set('api', 'one\n')
  const log = await server.open('/v1/processes/api/log?follow=1')
  const events = await server.open('/v1/events')
  await server.control.untilFollowed('logs', 1)
  await server.control.untilFollowed('events', 1)
  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(500)
  expect(await log.text()).toBe('one\n')
  expect(await events.text()).toBe('')
  expect(server.control.followers).toEqual({ logs: 0, events: 0 })
})
