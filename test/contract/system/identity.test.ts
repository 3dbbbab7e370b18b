// Processes of other users. The host knows no users of ours, so those that every Debian has are used: daemon and www-data.
import { describe, expect, test } from 'bun:test'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { resolveAccount, userName } from '../../../src/system/identity.ts'
import { limitOf, statOf, statusOf } from '../../e2e/proc.ts'
import { aNotification } from '../../sim/builders.ts'
import { Host, sh } from './host.ts'

const isRoot = process.getuid?.() === 0
const lives = ['/bin/sleep', '1000000'] as const
const nobody = { user: null, group: null, umask: null, nice: null } as const

test('[PR6] a user brings its home and names, unless the spec sets them', async () => {
  await using host = new Host()
  const env = { inherit: true, set: new Map([['HOME', '/elsewhere']]) }
  const run = host.start({ command: lives, env, identity: { ...nobody, user: userName(process.getuid?.() ?? 0) } })
  const environment = await run.environment()
  const name = userName(process.getuid?.() ?? 0)
  expect(environment).toContain('HOME=/elsewhere')
  expect(environment).toContain(`USER=${name}`)
  expect(environment).toContain(`LOGNAME=${name}`)
})

test('[PR9] a user that is only a number needs a group, unless it is our own', () => {
  expect(resolveAccount({ user: '987654', group: null })).toMatchObject({
    ok: false,
    failure: { code: 'unknown-group' },
  })
  expect(resolveAccount({ user: '987654', group: '5' })).toMatchObject({
    ok: true,
    value: { credentials: { uid: 987_654, gid: 5, groups: [5] } },
  })
  expect(resolveAccount({ user: String(process.getuid?.()), group: null })).toMatchObject({
    ok: true,
    value: { credentials: null },
  })
})

test.skipIf(isRoot)('[PR10] whoever may not become another is refused', async () => {
  await using host = new Host()
  expect(host.try({ command: lives, identity: { ...nobody, user: 'daemon' } }).outcome).toMatchObject({ code: 'EPERM' })
})

describe.skipIf(!isRoot)('as root', () => {
  test('[PR9] all ids and groups are the user’s, and there are no capabilities', async () => {
    await using host = new Host()
    const run = host.start({ command: lives, identity: { ...nobody, user: 'daemon' } })
    expect(statusOf(run.pid, 'Uid')).toBe('1\t1\t1\t1')
    expect(statusOf(run.pid, 'Gid')).toBe('1\t1\t1\t1')
    expect(statusOf(run.pid, 'Groups')).toBe('1')
    for (const key of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      expect([key, statusOf(run.pid, key)]).toEqual([key, '0'.repeat(16)])
  })

  test('[PR9] a group takes the place of the user’s own; alone it leaves the rest; numbers do', async () => {
    await using host = new Host()
    const both = host.start({ command: lives, identity: { ...nobody, user: '1', group: 'www-data' } })
    expect(statusOf(both.pid, 'Uid')).toBe('1\t1\t1\t1')
    expect(statusOf(both.pid, 'Gid')).toBe('33\t33\t33\t33')
    const group = host.start({ command: lives, identity: { ...nobody, group: '33' } })
    expect(statusOf(group.pid, 'Uid')).toBe('0\t0\t0\t0')
    expect(statusOf(group.pid, 'Gid')).toBe('33\t33\t33\t33')
  })

  test('[PR9] coppice is itself again, whether the spawn succeeds or not', async () => {
    await using host = new Host()
    const identity = { ...nobody, user: 'daemon' }
    const mine = (): unknown[] => ['Uid', 'Gid', 'Groups', 'CapEff', 'CapPrm'].map((key) => statusOf(process.pid, key))
    const before = mine()
    host.start({ command: lives, identity })
    expect(mine()).toEqual(before)
    expect(host.try({ command: ['/nowhere'], identity }).outcome).toMatchObject({ code: 'ENOENT' })
    expect(host.try({ command: lives, identity, cwd: '/root' }).outcome).toMatchObject({
      code: 'EACCES',
      text: 'permission denied: /root (the working directory)',
    })
    expect(mine()).toEqual(before)
    const next = host.start({ command: lives })
    expect(statusOf(next.pid, 'Uid')).toBe('0\t0\t0\t0')
  })

  test('[PR4] a log that is made belongs to the user', async () => {
    await using host = new Host()
    mkdirSync(join(host.dir, 'logs'))
    const path = join(host.dir, 'logs/web.log')
    const output = {
      stdout: { tag: 'file', path },
      stderr: { tag: 'file', path },
      access: null,
      timestamps: false,
      format: 'raw',
      maxSize: null,
      maxAge: null,
      keep: null,
    } as const
    await host.start({ command: sh('echo hi'), cwd: '/', identity: { ...nobody, user: 'daemon' }, output }).over()
    expect(statSync(path)).toMatchObject({ uid: 1, gid: 1, size: 3 })
  })

  test('[PR11] [PR12] nice value and limits of another user', async () => {
    await using host = new Host()
    const identity = { user: 'daemon', group: null, umask: 0o077, nice: 3 }
    const limits = new Map([['nofile', { soft: 50, hard: 60 }], ['fsize', { soft: 10, hard: 20 }]] as const) // prettier-ignore
    const run = host.start({ command: lives, identity, limits })
    expect(statOf(run.pid)?.nice).toBe(3)
    expect(statusOf(run.pid, 'Umask')).toBe('0077')
    expect(limitOf(run.pid, 'Max open files')).toEqual(['50', '60'])
    expect(limitOf(run.pid, 'Max file size')).toEqual(['10', '20'])
  })

  test('[PR10] root without the right to change users is refused', async () => {
    const script = `
      import { Host } from '${import.meta.dir}/host.ts'
      await using host = new Host()
      const identity = { user: 'daemon', group: null, umask: null, nice: null }
      console.log(JSON.stringify(host.try({ command: ['/bin/true'], identity }).outcome))
      await host.start({ command: ['/bin/true'] }).over()`
    const without = ['setpriv', '--bounding-set', '-setuid,-setgid', '--inh-caps', '-setuid,-setgid']
    const child = Bun.spawn([...without, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    expect(JSON.parse(await child.stdout.text())).toEqual({
      tag: 'spawn-failed',
      code: 'EPERM',
      text: 'coppice may not run anything as daemon: operation not permitted',
    })
    expect(await child.exited).toBe(0)
  })

  test('[NT3] [NT6] another user reaches its socket', async () => {
    await using host = new Host()
    const run = host.start({
      command: [process.execPath, join(import.meta.dir, '../../programs/notify-socket.ts'), '0', 'READY=1'],
      cwd: '/',
      identity: { ...nobody, user: 'daemon' },
      ready: aNotification({ via: 'socket' }),
    })
    await host.until('it is ready', () => run.news.some((news) => news.tag === 'notified'))
    expect(host.oddities).toEqual([])
  })
})
