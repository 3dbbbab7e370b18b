import { expect, test } from 'bun:test'
import { places, type Places, type PlacesQuery } from './places.ts'

function placesFor(query: Partial<PlacesQuery>): Places {
  const found = places({ env: {}, uid: 0, cwd: '/work', ...query })
  if (!found.ok) throw new Error(found.failure.message)
  return found.value
}

test('[CL30] root has the places of the system', () => {
  expect(placesFor({ uid: 0, env: { HOME: '/root', XDG_RUNTIME_DIR: '/run/user/0' } })).toEqual({
    home: null,
    config: '/etc/coppice/config.yml',
    state: '/var/lib/coppice',
    logs: '/var/log/coppice',
    runtime: '/run/coppice',
    ups: '/run/coppice/up',
    socket: '/run/coppice/coppice.sock',
  })
})

test('[CL31] other users have the places of XDG', () => {
  const env = { HOME: '/home/ann', XDG_STATE_HOME: '/data/state/', XDG_RUNTIME_DIR: '/run/user/7' }
  expect(placesFor({ uid: 7, env })).toEqual({
    home: null,
    config: '/home/ann/.config/coppice/config.yml',
    state: '/data/state/coppice',
    logs: '/data/state/coppice/logs',
    runtime: '/run/user/7/coppice',
    ups: '/run/user/7/coppice/up',
    socket: '/run/user/7/coppice/coppice.sock',
  })
})

test('[CL31] without XDG_RUNTIME_DIR the socket is under the state; relative paths of XDG are ignored', () => {
  const env = { HOME: '/home/ann', XDG_RUNTIME_DIR: 'run', XDG_STATE_HOME: '' }
  expect(placesFor({ uid: 7, env })).toMatchObject({
    state: '/home/ann/.local/state/coppice',
    socket: '/home/ann/.local/state/coppice/run/coppice.sock',
  })
})

test('[CL31] without any place for a user that is said, with what to set', () => {
  const found = places({ env: {}, uid: 7, cwd: '/' })
  expect(found).toMatchObject({
    ok: false,
    failure: { code: 'no-home', hint: expect.stringContaining('COPPICE_HOME') },
  })
})

test.each([
  ['/srv/c', '/srv/c'],
  ['/srv/c/', '/srv/c'],
  ['c', '/work/c'],
  ['./c', '/work/c'],
])('[CL32] COPPICE_HOME=%s puts everything under %s', (value, home) => {
  expect(placesFor({ uid: 7, env: { COPPICE_HOME: value } })).toEqual({
    home,
    config: `${home}/config.yml`,
    state: `${home}/state`,
    logs: `${home}/logs`,
    runtime: home,
    ups: `${home}/up`,
    socket: `${home}/coppice.sock`,
  })
})

test('[CL33] an up of a file has a home that is keyed by its absolute path', () => {
  const found = placesFor({ file: '/srv/app/procmon.toml' })
  expect(found.home).toMatch(/^\/run\/coppice\/up\/procmon\.toml-[0-9a-f]{8}$/)
  expect(found).toMatchObject({
    socket: `${found.home}/coppice.sock`,
    state: `${found.home}/state`,
    config: '/etc/coppice/config.yml',
  })
  expect(placesFor({ file: '/srv/app/procmon.toml' })).toEqual(found)
  expect(placesFor({ file: '/srv/other/procmon.toml' }).home).not.toBe(found.home)
})

test('[CL33] the key stays short and harmless whatever the file is called', () => {
  const { home } = placesFor({ file: `/srv/${'ä b'.repeat(80)}` })
  expect(home).toMatch(/^\/run\/coppice\/up\/[\w.-]{32}-[0-9a-f]{8}$/)
})

test('[CL34] COPPICE_HOME wins over the home of a file', () => {
  expect(placesFor({ env: { COPPICE_HOME: '/srv/c' }, file: '/srv/a.toml' }).socket).toBe('/srv/c/coppice.sock')
})

test('[CL35] a socket path of more than 107 bytes is refused, with a hint', () => {
  const homeOf = (bytes: number): string => `/${'ü'.repeat((bytes - '/coppice.sock'.length - 1) / 2)}`
  expect(placesFor({ env: { COPPICE_HOME: `${homeOf(106)}x` } }).socket).toEndWith('x/coppice.sock')
  const found = places({ env: { COPPICE_HOME: `${homeOf(106)}xx` }, uid: 0, cwd: '/' })
  expect(found).toMatchObject({ ok: false, failure: { code: 'socket-path-too-long' } })
  expect(found.ok ? '' : found.failure.message).toContain('108 bytes')
})
