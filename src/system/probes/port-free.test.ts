import { expect, test } from 'bun:test'
import { connect } from 'node:net'

import { ask } from './fixtures/ask.ts'
import { portFree } from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'

test('[PB21] a port is free when every one of them can be bound', async () => {
  const [one, two] = [await servers.aFreePort(), await servers.aFreePort()]
  await using taken = await servers.aSilentServer()
  expect(await ask(portFree(one, two))).toBe(`pass: free: ${one}, ${two}`)
  expect(await ask(portFree(one, taken.port))).toBe(`fail: port ${taken.port} is in use`)
})

test('[PB21] a listener on any single address makes a port not free', async () => {
  for (const host of ['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::']) {
    await using taken = await servers.aServer(undefined, { host })
    expect(await ask(portFree(taken.port))).toBe(`fail: port ${taken.port} is in use`)
  }
})

test('[PB21] with a host, only that address must be free', async () => {
  await using taken = await servers.aServer(undefined, { host: '127.0.0.2' })
  const probe = portFree(taken.port)
  expect(await ask({ ...probe, host: '127.0.0.1' })).toBe(`pass: free: ${taken.port}`)
  expect(await ask({ ...probe, host: '127.0.0.2' })).toBe(`fail: port ${taken.port} is in use`)
  // TEST-NET-1 (RFC 5737): nobody has such an address.
  expect(await ask({ ...probe, host: '192.0.2.1' })).toBe('fail: 192.0.2.1 is no address of this machine')
})

test('[PB21] connections that linger after their server has ended do not take a port', async () => {
  let port: number
  {
    await using server = await servers.aServer((socket) => socket.end())
    port = server.port
    // The server hangs up first, so that its side stays in TIME_WAIT.
    await new Promise((resolve) => connect({ host: '127.0.0.1', port }).resume().on('close', resolve))
  }
  expect(await ask(portFree(port))).toBe(`pass: free: ${port}`)
})

test('[PB21] asking takes the port from nobody: it can be bound right afterwards, again and again', async () => {
  const port = await servers.aFreePort()
  for (let i = 0; i < 20; i++) {
    expect(await ask(portFree(port))).toStartWith('pass')
    // Attempts at the same port at the same time do not meet each other.
    expect(new Set(await Promise.all([1, 2, 3].map(() => ask(portFree(port)))))).toEqual(
      new Set([`pass: free: ${port}`]),
    )
    await using server = await servers.aServer(undefined, { port })
    expect(server.port).toBe(port)
  }
})
