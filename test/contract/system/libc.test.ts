// One test for each call of the C library that coppice makes: what it answers, and how it refuses.
import { ptr } from 'bun:ffi'
import { afterAll, describe, expect, test } from 'bun:test'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import { constants, getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as libc from '../../../src/system/libc.ts'
import { statusOf } from '../../e2e/proc.ts'
import { program } from '../../programs/program.ts'
import { until } from './host.ts'

const { ESRCH, ECHILD, EPERM, EINVAL, EAGAIN, EADDRINUSE, ENOENT } = constants.errno
const noSuchPid = 2 ** 30
const isRoot = process.getuid?.() === 0
const dir = mkdtempSync(join(tmpdir(), 'coppice-libc-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** A child of the runtime's that lives until the test ends. */
function aSleeper(): Disposable & { readonly pid: number; readonly exited: Promise<number> } {
  const child = Bun.spawn(['sleep', '1000000'], { stdio: ['ignore', 'ignore', 'ignore'], detached: true })
  return { pid: child.pid, exited: child.exited, [Symbol.dispose]: () => child.kill('SIGKILL') }
}

test('prctl: orphans become ours', async () => {
  expect(libc.setSubreaper('on')).toBe(0)
  const child = Bun.spawn(['sh', '-c', 'sleep 0.05 & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const orphan = Number(await child.stdout.text())
  await child.exited
  expect(readFileSync(`/proc/${orphan}/stat`, 'utf8').split(' ')[3]).toBe(String(process.pid))
  await until('the orphan is dead', () => libc.peekZombie(orphan) === orphan)
  expect(libc.reap(orphan)).toEqual({ code: 0, signal: 0 })
  expect(libc.setSubreaper('off')).toBe(0)
})

describe('waitid and waitpid', () => {
  test('no child: ECHILD, and nothing to reap', () => {
    expect(libc.peekZombie(noSuchPid)).toBe(-ECHILD)
    expect(libc.reap(noSuchPid)).toBeNull()
  })

  test('a child that lives is no zombie', () => {
    using child = aSleeper()
    expect(libc.peekZombie(child.pid)).toBe(0)
    expect(libc.reap(child.pid)).toBeNull()
  })

  test('looking at a dead child leaves it to who has started it', async () => {
    using child = aSleeper()
    libc.kill(child.pid, 9)
    // No turn of the loop may come between: it is then that the runtime reaps.
    while (libc.peekZombie(child.pid) === 0) Bun.sleepSync(1)
    expect(libc.peekZombie(child.pid)).toBe(child.pid)
    expect(libc.peekZombie()).toBeGreaterThan(0)
    expect(await child.exited).toBe(137)
  })
})

test('kill: signals a process or a group, and tells who is not there', async () => {
  using child = aSleeper()
  expect(libc.kill(child.pid, 0)).toBe(0)
  expect(libc.kill(-child.pid, 0)).toBe(0)
  expect(libc.kill(noSuchPid, 0)).toBe(-ESRCH)
  expect(libc.kill(child.pid, 999)).toBe(-EINVAL)
  expect(libc.kill(-child.pid, 15)).toBe(0)
  expect(await child.exited).toBe(143)
})

test('pidfd_open and pidfd_send_signal: a descriptor stays with its process, and its group', async () => {
  using child = aSleeper()
  const pidfd = libc.openPidfd(child.pid)
  expect(pidfd).toBeGreaterThan(2)
  expect(libc.openPidfd(noSuchPid)).toBe(-ESRCH)
  expect(libc.signalPidfd(pidfd, 0, 'process')).toBe(0)
  const group = libc.signalPidfd(pidfd, 0, 'group')
  expect([0, -EINVAL]).toContain(group) // EINVAL before Linux 6.9
  expect(libc.signalPidfd(pidfd, 9, 'process')).toBe(0)
  await child.exited
  expect(libc.signalPidfd(pidfd, 0, 'process')).toBe(-ESRCH)
  if (group === 0) expect(libc.signalPidfd(pidfd, 0, 'group')).toBe(-ESRCH)
  closeSync(pidfd)
})

test('pidfd_send_signal: a group is reached after its leader was reaped', async () => {
  const leader = Bun.spawn(['sh', '-c', 'sleep 1000000 & read _; exit 0'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  const pidfd = libc.openPidfd(leader.pid)
  if (libc.signalPidfd(pidfd, 0, 'group') === -EINVAL) return // before Linux 6.9
  await until(
    'the child is there',
    () => readFileSync(`/proc/${leader.pid}/task/${leader.pid}/children`, 'utf8') !== '',
  )
  await leader.stdin.end()
  await leader.exited
  expect(libc.signalPidfd(pidfd, 0, 'group')).toBe(0)
  expect(libc.signalPidfd(pidfd, 9, 'group')).toBe(0)
  closeSync(pidfd)
})

test('prlimit: reads and sets limits, of others too', () => {
  using child = aSleeper()
  const [nofile, core] = [7, 4]
  const own = libc.limit(0, nofile)
  expect(own).toEqual({ soft: expect.any(Number), hard: expect.any(Number) })
  expect(libc.limit(child.pid, nofile, { soft: 64, hard: 128 })).not.toBeNumber()
  expect(libc.limit(child.pid, nofile)).toEqual({ soft: 64, hard: 128 })
  expect(libc.limit(0, nofile)).toEqual(own)
  expect(libc.limit(child.pid, core, { soft: Infinity, hard: Infinity })).not.toBe(0)
  expect(libc.limit(noSuchPid, nofile)).toBe(-ESRCH)
  expect(libc.limit(0, nofile, { soft: 2, hard: 1 })).toBe(-EINVAL)
})

test('setpriority: of a thread, and of a group', () => {
  using child = aSleeper()
  expect(libc.setNice('group', child.pid, 7)).toBe(0)
  expect(getPriority(child.pid)).toBe(7)
  expect(getPriority(0)).not.toBe(7)
  expect(libc.setNice('group', noSuchPid, 7)).toBe(-ESRCH)
})

describe.skipIf(!isRoot)('raw credentials', () => {
  test('setresuid, setresgid, setgroups: of this thread alone, and back', () => {
    const groups = process.getgroups?.() ?? []
    const threads = (key: string): Set<string | null> => {
      const tasks = new Bun.Glob('*').scanSync({ cwd: '/proc/self/task', onlyFiles: false })
      return new Set([...tasks].filter((id) => Number(id) !== process.pid).map((id) => statusOf(Number(id), key)))
    }
    expect(libc.setThreadGroups([7002, 7003])).toBe(0)
    expect(libc.setThreadGids(7001, 7001, 7001)).toBe(0)
    expect(libc.setThreadUids(7001, 7001, 0)).toBe(0)
    try {
      expect(statusOf(process.pid, 'Uid')).toBe('7001\t7001\t0\t7001')
      expect(statusOf(process.pid, 'Gid')).toBe('7001\t7001\t7001\t7001')
      expect(statusOf(process.pid, 'Groups')).toBe('7002 7003')
      expect(statusOf(process.pid, 'CapEff')).toBe('0000000000000000')
      expect(threads('Uid')).toEqual(new Set(['0\t0\t0\t0']))
      expect(libc.setThreadGroups([1])).toBe(-EPERM)
    } finally {
      expect(libc.setThreadUids(0, 0, 0)).toBe(0)
      expect(libc.setThreadGids(0, 0, 0)).toBe(0)
      expect(libc.setThreadGroups(groups)).toBe(0)
    }
    expect(statusOf(process.pid, 'CapEff')).not.toBe('0000000000000000')
  })

  test('setgroups: none at all', () => {
    const groups = process.getgroups?.() ?? []
    expect(libc.setThreadGroups([])).toBe(0)
    expect(process.getgroups?.()).toEqual([])
    expect(libc.setThreadGroups(groups)).toBe(0)
  })
})

test('sysconf: the units of /proc', () => {
  const { ticks, page } = libc.procUnits()
  expect(ticks).toBe(100)
  expect([4096, 16384, 65536]).toContain(page)
})

test('fcntl: a descriptor blocks again', () => {
  const flagsOf = (descriptor: number): number => {
    return Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '', 8)
  }
  const descriptor = openSync('/dev/null', 0o1 | 0o4000)
  expect(flagsOf(descriptor) & 0o4000).toBe(0o4000)
  expect(libc.setBlocking(descriptor)).toBe(0)
  expect(flagsOf(descriptor) & 0o4000).toBe(0)
  closeSync(descriptor)
  expect(libc.setBlocking(descriptor)).toBeLessThan(0)
})

describe('datagram sockets', () => {
  test('socket, bind, recvmsg: who sent what, without waiting', async () => {
    const path = join(dir, 'socket')
    const socket = libc.openDatagramSocket(path)
    expect(socket).toBeGreaterThan(2)
    expect(statSync(path).isSocket()).toBe(true)
    expect(libc.openDatagramSocket(path)).toBe(-EADDRINUSE)
    expect(libc.openDatagramSocket(join(dir, 'missing', 'socket'))).toBe(-ENOENT)
    expect(libc.receiveDatagram(socket)).toBe(-EAGAIN)
    expect(libc.readableAmong([socket])).toEqual([])
    using sender = aSender(path, 'READY=1\nSTATUS=grün', 'x'.repeat(5000))
    await until('something to read', () => libc.readableAmong([socket]).length > 0)
    expect(libc.receiveDatagram(socket)).toEqual({
      text: 'READY=1\nSTATUS=grün',
      pid: sender.pid,
      uid: process.getuid?.() ?? 0,
    })
    await until('something to read', () => libc.readableAmong([socket]).length > 0)
    expect(libc.receiveDatagram(socket)).toMatchObject({ text: 'x'.repeat(4096) })
    expect(libc.receiveDatagram(socket)).toBe(-EAGAIN)
    closeSync(socket)
  })

  test('fcntl: SIGIO tells of a datagram', async () => {
    const socket = libc.openDatagramSocket(join(dir, 'told'))
    const told = once(process, 'SIGIO')
    expect(libc.signalWhenReadable(socket)).toBe(0)
    using _sender = aSender(join(dir, 'told'), 'WATCHDOG=1')
    await told
    expect(libc.receiveDatagram(socket)).toMatchObject({ text: 'WATCHDOG=1' })
    closeSync(socket)
  })

  function aSender(path: string, ...messages: string[]): Disposable & { readonly pid: number } {
    const env = { ...process.env, NOTIFY_SOCKET: path }
    const child = Bun.spawn(program('notify-socket', 0, ...messages), { env, stdio: ['ignore', 'inherit', 'inherit'] })
    return { pid: child.pid, [Symbol.dispose]: () => child.kill('SIGKILL') }
  }
})

test('getsockopt: who is at the other end of a connection', async () => {
  const server = createServer()
  server.listen(join(dir, 'stream'))
  await once(server, 'listening')
  const client = connect(join(dir, 'stream'))
  const [accepted] = (await once(server, 'connection')) as [{ readonly _handle: { readonly fd: number } }]
  expect(libc.peerCredentials(accepted._handle.fd)).toEqual({
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  })
  expect(libc.peerCredentials(0)).toBeLessThan(0)
  client.destroy()
  server.close()
})

test('memory: our own bytes, to be read and written', () => {
  const bytes = Buffer.from('hello')
  const memory = libc.memoryAt(Number(ptr(bytes)), 5)
  memory.write('j')
  expect(bytes.toString()).toBe('jello')
})

test('a pidfd tells how its process ended, once it was reaped', async () => {
  const child = Bun.spawn(['sh', '-c', 'read _; exit 3'], { stdio: ['pipe', 'ignore', 'ignore'] })
  const pidfd = libc.openPidfd(child.pid)
  expect(libc.exitOfPidfd(pidfd)).toBeNull()
  await child.stdin.end()
  await child.exited
  // Null before Linux 6.15.
  expect([null, { code: 3, signal: 0 }]).toContainEqual(libc.exitOfPidfd(pidfd))
  expect(libc.exitOfPidfd(0)).toBeNull()
  closeSync(pidfd)
})

test('a wait status is a code or a signal, with or without a core', () => {
  expect([0x0700, 0x0009, 0x008b].map(libc.waitStatus)).toEqual([
    { code: 7, signal: 0 },
    { code: 0, signal: 9 },
    { code: 0, signal: 11 },
  ])
})

test('epoll: those of many pidfds whose processes have ended', async () => {
  const children = Array.from({ length: 300 }, () => aSleeper())
  const pidfds = children.map(({ pid }) => libc.openPidfd(pid))
  const set = libc.openPollSet()
  for (const pidfd of pidfds) expect(libc.changePollSet(set, 'add', pidfd)).toBe(0)
  expect(libc.changePollSet(set, 'add', pidfds[0] ?? -1)).toBe(-constants.errno.EEXIST)
  expect(libc.readableInSet(set)).toEqual([])
  libc.kill(children[1]?.pid ?? 0, 9)
  await children[1]?.exited
  expect(libc.readableInSet(set)).toEqual([pidfds[1] ?? -1])
  for (const { pid } of children) libc.kill(pid, 9)
  await Promise.all(children.map(({ exited }) => exited))
  expect(libc.readableInSet(set)).toHaveLength(256)
  for (const pidfd of pidfds) expect(libc.changePollSet(set, 'remove', pidfd)).toBe(0)
  expect(libc.readableInSet(set)).toEqual([])
  for (const descriptor of [set, ...pidfds]) closeSync(descriptor)
  expect(libc.readableInSet(set)).toEqual([])
})

test('flock: one has it until the last copy of its descriptor is closed', () => {
  const path = join(dir, 'locked')
  const [mine, other] = [openSync(path, 'w'), openSync(path, 'w')]
  expect(libc.lockFile(mine)).toBe(0)
  expect(libc.lockFile(mine)).toBe(0)
  expect(libc.lockFile(other)).toBe(-EAGAIN)
  closeSync(mine)
  expect(libc.lockFile(other)).toBe(0)
  closeSync(other)
  expect(libc.lockFile(other)).toBe(-constants.errno.EBADF)
})

test('clock_gettime: time since boot, with and without what was slept', () => {
  const [up = 0] = readFileSync('/proc/uptime', 'utf8').split(' ').map(Number)
  expect(Math.abs(libc.millisSinceBoot() - 1000 * up)).toBeLessThan(1000)
  expect(Number(libc.monotonicMicros()) / 1000).toBeLessThanOrEqual(libc.millisSinceBoot())
  expect(libc.monotonicMicros()).toBeGreaterThan(0n)
})

test('sendto: a datagram to a path or to an abstract name, and who is not there', () => {
  const path = join(dir, 'heard')
  const socket = libc.openDatagramSocket(path)
  expect(libc.sendDatagram(path, 'STATUS=grün')).toBe(12)
  expect(libc.receiveDatagram(socket)).toMatchObject({ text: 'STATUS=grün', pid: process.pid })
  closeSync(socket)
  expect(libc.sendDatagram(path, 'x')).toBe(-constants.errno.ECONNREFUSED)
  expect(libc.sendDatagram(join(dir, 'nobody'), 'x')).toBe(-ENOENT)
  expect(libc.sendDatagram('/'.repeat(108), 'x')).toBe(-constants.errno.ENAMETOOLONG)
  expect(libc.sendDatagram('@coppice-nobody', 'x')).toBe(-constants.errno.ECONNREFUSED)
})
