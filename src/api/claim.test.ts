import { expect, test } from 'bun:test'
import { lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aControlServer, aDirectory } from '../../test/support/control-server.ts'
import { FakeControl } from '../../test/support/fake-control.ts'
import { serveControl } from './server.ts'

async function serveAt(
  socketPath: string,
  rights: { mode?: number; gid?: number } = {},
): ReturnType<typeof serveControl> {
  const ports = { control: new FakeControl(), peerOf: () => null, onError: () => {} }
  return serveControl({ ...ports, socketPath, mode: 0o660, ...rights })
}

test('[AP16] a socket that nobody answers is replaced', async () => {
  await using directory = await aDirectory()
  const socketPath = join(directory.path, 'coppice.sock')
  const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  Bun.spawnSync([process.execPath, '-e', program, socketPath])
  expect(lstatSync(socketPath).isSocket()).toBe(true)
  await using server = await aControlServer([{ name: 'web' }], { socketPath })
  expect((await server.ask('GET', '/v1/processes/web')).status).toBe(200)
})

test('[AP16] a socket that somebody answers is left alone', async () => {
  await using first = await aControlServer([{ name: 'web' }])
  const second = await serveAt(first.socketPath)
  expect(second).toMatchObject({
    ok: false,
    failure: { code: 'socket-in-use', message: expect.stringContaining(first.socketPath) },
  })
  expect((await first.ask('GET', '/v1/processes/web')).status).toBe(200)
})

test('[AP16] also one whose listener is suspended', async () => {
  await using directory = await aDirectory()
  const socketPath = join(directory.path, 's')
  await using suspended = Bun.spawn(
    [
      process.execPath,
      '-e',
      `require('node:net').createServer().listen(process.argv[1], () => console.log())`,
      socketPath,
    ],
    { stdout: 'pipe' },
  )
  await suspended.stdout.getReader().read()
  suspended.kill('SIGSTOP')
  expect(await serveAt(socketPath)).toMatchObject({ failure: { code: 'socket-in-use' } })
  suspended.kill('SIGKILL')
})

test('[AP16] what is no socket is left alone', async () => {
  await using directory = await aDirectory()
  const path = join(directory.path, 'notes.txt')
  writeFileSync(path, 'mine')
  expect(await serveAt(path)).toMatchObject({ ok: false, failure: { code: 'not-a-socket' } })
  expect(lstatSync(path).size).toBe(4)
})

test('[AP17] the socket has the mode and the group that were asked for', async () => {
  await using directory = await aDirectory()
  const path = join(directory.path, 's')
  const gid = process.getuid?.() === 0 ? 7 : (process.getgid?.() ?? 0)
  const before = process.umask()
  const server = await serveAt(path, { mode: 0o620, gid })
  expect(server.ok).toBe(true)
  expect(lstatSync(path)).toMatchObject({ gid })
  expect(lstatSync(path).mode & 0o777).toBe(0o620)
  expect(process.umask()).toBe(before)
  if (server.ok) await server.value[Symbol.asyncDispose]()
  expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined()
})

test('[AP17] no directory for the socket is a failure that names it', async () => {
  expect(await serveAt('/nowhere/coppice.sock')).toMatchObject({
    failure: { code: 'no-socket', message: expect.stringContaining('/nowhere/coppice.sock') },
  })
})

test('[AP17] a place where nobody may make a socket is a failure', async () => {
  expect(await serveAt('/proc/coppice.sock')).toMatchObject({ failure: { code: 'no-socket' } })
})

test('[CL35] a path that is too long for a socket is a failure', async () => {
  expect(await serveAt(`/tmp/${'x'.repeat(120)}`)).toMatchObject({ failure: { code: 'socket-path-too-long' } })
})
