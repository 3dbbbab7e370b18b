import { expect, test } from 'bun:test'

import { ask } from './fixtures/ask.ts'
import { tcp, within } from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'

test('[PB20] tcp passes when every port accepts a connection', async () => {
  await using one = await servers.aSilentServer()
  await using two = await servers.aSilentServer()
  const free = await servers.aFreePort()
  expect(await ask(tcp(one.port, two.port))).toBe(
    `pass: accepts connections: localhost:${one.port}, localhost:${two.port}`,
  )
  expect(await ask(tcp(one.port, free))).toBe(`fail: connection refused: localhost:${free}`)
})

test('[PB20] the connection is closed at once and carries no data', async () => {
  const received = Promise.withResolvers<number>()
  await using server = await servers.aServer((socket) => {
    let bytes = 0
    socket.on('data', (data: Buffer) => (bytes += data.length))
    socket.on('close', () => received.resolve(bytes))
  })
  await ask(tcp(server.port))
  expect(await received.promise).toBe(0)
})

test('[PB6] localhost is both 127.0.0.1 and ::1', async () => {
  await using four = await servers.aServer(undefined, { host: '127.0.0.1' })
  await using six = await servers.aServer(undefined, { host: '::1' })
  expect(await ask(tcp(four.port))).toStartWith('pass')
  expect(await ask(tcp(six.port))).toStartWith('pass')
  expect(await ask({ ...tcp(six.port), host: '::1' })).toBe(`pass: accepts connections: [::1]:${six.port}`)
  expect(await ask({ ...tcp(six.port), host: '127.0.0.1' })).toStartWith('fail: connection refused')
})

test('[PB2] a port whose queue is full is no port that accepts', async () => {
  await using full = await servers.aPortThatHangs()
  const probe = { ...within(tcp(full.port), 100), host: '127.0.0.1' }
  expect(await ask(probe)).toBe(`fail: no connection within 100ms: 127.0.0.1:${full.port}`)
})

test('[PB1] a host that nobody knows fails the attempt', async () => {
  expect(await ask({ ...within(tcp(80), 20_000), host: 'no..body' })).toBe('fail: unknown host: no..body:80')
})
