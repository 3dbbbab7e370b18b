import { expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { aControlServer, aDirectory, type ControlServer } from '../../test/support/control-server.ts'
import { FakeControl } from '../../test/support/fake-control.ts'
import { places } from '../wire/places.ts'
import { discover, discoverDaemon, type Search } from './discover.ts'

/** An ordinary user of a host on which nothing runs, whose files are all in one directory. */
async function aUser(): Promise<AsyncDisposable & { readonly search: Search; readonly runtime: string }> {
  const directory = await aDirectory()
  const env = { HOME: directory.path, XDG_RUNTIME_DIR: directory.path }
  return {
    search: { env, uid: 7, cwd: '/', systemSocket: join(directory.path, 'system.sock') },
    runtime: join(directory.path, 'coppice'),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

async function anUp(search: Search, file: string): Promise<ControlServer> {
  const found = places({ ...search, file })
  if (!found.ok) throw new Error(found.failure.message)
  const control = new FakeControl()
  control.supervisor = () => ({ version: '1', pid: 1, mode: 'up', file, started_at: '2026-11-20T08:00:00.000Z' })
  return serverAt(found.value.socket, control)
}

async function serverAt(socketPath: string, control = new FakeControl()): Promise<ControlServer> {
  mkdirSync(dirname(socketPath), { recursive: true })
  return aControlServer([], { socketPath, control })
}

test('[CL20] a socket that is named outright is taken without a question', async () => {
  const env = { COPPICE_SOCKET: '/b', COPPICE_HOME: '/c' }
  expect(await discover({ env, uid: 0, cwd: '/', socket: '/a', file: '/f' })).toEqual({ ok: true, value: '/a' })
})

test('[CL21] --file means the up of that file, also where COPPICE_SOCKET is set', async () => {
  await using user = await aUser()
  const found = places({ ...user.search, file: '/srv/tree.yml' })
  expect(
    await discover({ ...user.search, env: { ...user.search.env, COPPICE_SOCKET: '/b' }, file: '/srv/tree.yml' }),
  ).toEqual({
    ok: true,
    value: found.ok ? found.value.socket : '',
  })
})

test('[CL22] COPPICE_SOCKET comes before COPPICE_HOME', async () => {
  const env = { COPPICE_SOCKET: '/b', COPPICE_HOME: '/c' }
  expect(await discover({ env, uid: 0, cwd: '/' })).toEqual({ ok: true, value: '/b' })
})

test('[CL23] COPPICE_HOME means the supervisor there', async () => {
  const env = { COPPICE_SOCKET: '', COPPICE_HOME: '/c' }
  expect(await discover({ env, uid: 0, cwd: '/' })).toEqual({ ok: true, value: '/c/coppice.sock' })
})

test("[CL24] this user's daemon comes before the system's, and both before an up", async () => {
  await using user = await aUser()
  const own = join(user.runtime, 'coppice.sock')
  const system = user.search.systemSocket ?? ''
  await using up = await anUp(user.search, '/srv/tree.yml')
  expect(await discover(user.search)).toEqual({ ok: true, value: up.socketPath })
  await using _system = await serverAt(system)
  expect(await discover(user.search)).toEqual({ ok: true, value: system })
  await using _own = await serverAt(own)
  expect(await discover(user.search)).toEqual({ ok: true, value: own })
})

test('[CL25] the only up that runs is meant; those that have ended do not count', async () => {
  await using user = await aUser()
  await using first = await anUp(user.search, '/srv/a.yml')
  mkdirSync(join(user.runtime, 'up', 'ended.yml-00000000'))
  expect(await discover(user.search)).toEqual({ ok: true, value: first.socketPath })
  await using _second = await anUp(user.search, '/srv/b.yml')
  expect(await discover(user.search)).toEqual({
    ok: false,
    failure: {
      code: 'several-supervisors',
      message: 'Several trees are up: /srv/a.yml, /srv/b.yml.',
      hint: 'Say which one with --file FILE.',
    },
  })
})

test('[CL60] a daemon that answers is this user’s, the system’s, or that of COPPICE_HOME; an `up` is none', async () => {
  await using user = await aUser()
  const own = join(user.runtime, 'coppice.sock')
  const system = user.search.systemSocket ?? ''
  await using _up = await anUp(user.search, '/srv/tree.yml')
  const nobody = { ok: false, failure: { code: 'no-supervisor' } }
  expect(await discoverDaemon(user.search)).toMatchObject(nobody)
  await using _system = await serverAt(system)
  expect(await discoverDaemon(user.search)).toEqual({ ok: true, value: system })
  await using _own = await serverAt(own)
  expect(await discoverDaemon(user.search)).toEqual({ ok: true, value: own })
  const env = { COPPICE_HOME: dirname(own) }
  expect(await discoverDaemon({ ...user.search, env })).toEqual({ ok: true, value: own })
  expect(await discoverDaemon({ ...user.search, env: { COPPICE_HOME: dirname(system) } })).toMatchObject(nobody)
})

test('[CL26] where nothing runs, that is said', async () => {
  await using user = await aUser()
  expect(await discover(user.search)).toMatchObject({ ok: false, failure: { code: 'no-supervisor' } })
})
