import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ask } from './fixtures/ask.ts'
import { redis, tcp, within } from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'

/** A real redis-server on a free port. */
async function aRedis(...options: string[]) {
  const port = await servers.aFreePort()
  const usual = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    mkdtempSync(join(tmpdir(), 'coppice-redis-')),
  ]
  const child = Bun.spawn(['redis-server', ...usual, ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await ask(tcp(port))).startsWith('pass')) await Bun.sleep(5)
  return {
    port,
    signal: (name: NodeJS.Signals) => child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

test('[PB22] PONG passes; any other answer fails, in the words of the server', async () => {
  const answers = {
    '+PONG\r\n': 'pass: PONG',
    '-LOADING Redis is loading the dataset in memory\r\n': 'fail: LOADING Redis is loading the dataset in memory',
    '+WHAT\r\n': 'fail: answered +WHAT to PING',
    'HTTP/1.1 400 Bad Request\r\n\r\n': 'fail: does not answer like Redis: HTTP/1.1 400 Bad Request',
    '': 'fail: connection closed without an answer to PING',
  }
  for (const [answer, verdict] of Object.entries(answers)) {
    await using server = await servers.aServerThatSays(answer)
    expect(await ask(redis(server.port))).toBe(verdict)
  }
})

test('[PB1] of a long answer the beginning is told, and nothing that steers a terminal', async () => {
  await using denied = await servers.aServerThatSays(`-DENIED ${'because '.repeat(200)}\r\n`)
  expect(await ask(redis(denied.port))).toMatch(/^fail: DENIED because .{180,190}…$/)
  await using endless = await servers.aServerThatSays('x'.repeat(100_000))
  expect(await ask(redis(endless.port))).toMatch(/^fail: does not answer like Redis: x{100,200}…$/)
  await using rude = await servers.aServerThatSays('-ERR \u001b[2J\u0007\nboo\r\n')
  expect(await ask(redis(rude.port))).toBe('fail: ERR  [2J boo')
})

test('[PB22] an answer may come in pieces', async () => {
  await using server = await servers.aServerThatWrites('+P', 'ONG\r', '\n')
  expect(await ask(redis(server.port))).toBe('pass: PONG')
})

const installed = Bun.which('redis-server') !== null

test.skipIf(!installed)('[PB22] a real redis-server passes, and one that is stopped does not', async () => {
  await using server = await aRedis()
  expect(await ask(redis(server.port))).toBe('pass: PONG')
  server.signal('SIGSTOP')
  expect(await ask(within(redis(server.port), 100))).toBe('fail: no answer within 100ms')
  server.signal('SIGCONT')
  expect(await ask(redis(server.port))).toBe('pass: PONG')
})

test.skipIf(!installed)('[PB22] with a password, AUTH comes first', async () => {
  await using server = await aRedis('--requirepass', 'sésame ouvre-toi')
  const { port } = server
  expect(await ask(redis(port, { password: 'sésame ouvre-toi' }))).toBe('pass: PONG')
  expect(await ask(redis(port, { username: 'default', password: 'sésame ouvre-toi' }))).toBe('pass: PONG')
  expect(await ask(redis(port))).toBe('fail: NOAUTH Authentication required.')
  expect(await ask(redis(port, { password: 'wrong' }))).toMatch(/^fail: WRONGPASS /)
})

test.skipIf(!installed)('[PB22] a password that the server does not ask for fails, and is not told', async () => {
  await using server = await aRedis()
  const verdict = await ask(redis(server.port, { password: 'hunter2' }))
  expect(verdict).toMatch(/^fail: ERR AUTH/)
  expect(verdict).not.toContain('hunter2')
})
