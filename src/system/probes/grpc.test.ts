import { expect, test } from 'bun:test'

import { ask } from './fixtures/ask.ts'
import { grpc } from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'

/** A HealthCheckResponse with that status, as gRPC frames it. */
function serving(status: number): Buffer {
  return Buffer.from([0, 0, 0, 0, 2, 8, status])
}

test('[PB23] SERVING passes, any other status fails', async () => {
  const answers = [
    [serving(1), 'pass: SERVING'],
    [serving(2), 'fail: NOT_SERVING'],
    [serving(3), 'fail: SERVICE_UNKNOWN'],
    [serving(9), 'fail: serving status 9'],
    [Buffer.alloc(5), 'fail: UNKNOWN'],
  ] as const
  for (const [message, verdict] of answers) {
    await using server = await servers.aGrpcServer({ status: 0, message })
    expect(await ask(grpc(server.port))).toBe(verdict)
  }
})

test('[PB23] the service is asked for by name, however long it is', async () => {
  for (const name of ['a', 'shop.v1.Cart', 'x'.repeat(127), 'é'.repeat(200)]) {
    await using server = await servers.aGrpcServer({ status: 0, message: serving(1), only: name })
    expect(await ask(grpc(server.port, name))).toBe('pass: SERVING')
    expect(await ask(grpc(server.port, 'another'))).toBe('fail: NOT_FOUND')
  }
})

test('[PB23] a call that fails tells its status and the words of the server', async () => {
  await using without = await servers.aGrpcServer({ status: 12 })
  expect(await ask(grpc(without.port))).toBe('fail: UNIMPLEMENTED')
  await using denied = await servers.aGrpcServer({ status: 7, text: 'not you%2C caf%C3%A9' })
  expect(await ask(grpc(denied.port))).toBe('fail: PERMISSION_DENIED: not you, café')
  await using wrong = await servers.aGrpcServer({ status: 99, text: '100%' })
  expect(await ask(grpc(wrong.port))).toBe('fail: gRPC status 99: 100%')
})

test('[PB23] what is no gRPC fails with words', async () => {
  await using http = await servers.anHttpServer((_, response) => response.end('ok'))
  expect(await ask(grpc(http.port))).toMatch(/^fail: does not answer like gRPC: /)
  await using mute = await servers.aServer((socket) => socket.end())
  expect(await ask(grpc(mute.port))).toMatch(/^fail: \w/)
  const port = await servers.aFreePort()
  expect(await ask(grpc(port))).toBe(`fail: connection refused: 127.0.0.1:${port}`)
})
