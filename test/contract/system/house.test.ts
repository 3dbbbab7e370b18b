// What a daemon needs of its host besides processes: its lock, the boot, a life in the background, its service manager.
import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootId } from '../../../src/system/boot.ts'
import { startDetached } from '../../../src/system/detach.ts'
import { openDatagramSocket, receiveDatagram } from '../../../src/system/libc.ts'
import { takeLock } from '../../../src/system/lock.ts'
import { openManager } from '../../../src/system/supervised.ts'
import { descriptorsOf, environOf, isAlive, limitOf, statOf, workingDirectoryOf } from '../../e2e/proc.ts'
import { Host, until } from './host.ts'

const dir = mkdtempSync(join(tmpdir(), 'coppice-house-'))
afterAll(() => rmSync(dir, { recursive: true }))

describe('[DM2] the lock', () => {
  test('is held by one, and the other is told by whom', () => {
    const path = join(dir, 'lock')
    const first = takeLock(path)
    expect(first.ok).toBe(true)
    expect(takeLock(path)).toMatchObject({
      ok: false,
      failure: { code: 'locked', message: `${path} is locked by process ${process.pid}` },
    })
    if (first.ok) first.value[Symbol.dispose]()
    expect(existsSync(path)).toBe(true)
    const again = takeLock(path)
    expect(again.ok).toBe(true)
    if (again.ok) again.value[Symbol.dispose]()
  })

  test('a pid in the file that is none is not repeated, and one that is longer leaves nothing behind', () => {
    const path = join(dir, 'old')
    writeFileSync(path, '99999999999999 and more\n')
    const first = takeLock(path)
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
    writeFileSync(path, 'rubbish')
    expect(takeLock(path)).toMatchObject({ failure: { message: `${path} is locked by another process` } })
    if (first.ok) first.value[Symbol.dispose]()
  })

  test('nobody that we start holds it', async () => {
    await using host = new Host()
    const path = join(dir, 'ours')
    const lock = takeLock(path)
    if (!lock.ok) throw new Error(lock.failure.message)
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    const left = startDetached({ command: ['/bin/sleep', '1000000'], log: null })
    const plain = Bun.spawn(['sleep', '1000000'], { stdio: ['ignore', 'ignore', 'ignore'] })
    const pids = [run.pid, left.ok ? left.value : 0, plain.pid]
    await until('they are their programs', () => pids.every((pid) => statOf(pid)?.comm === 'sleep'))
    expect([...descriptorsOf(process.pid).values()]).toContain(path)
    for (const pid of pids) expect([...descriptorsOf(pid).values()]).not.toContain(path)
    lock.value[Symbol.dispose]()
    const next = takeLock(path)
    expect(next.ok).toBe(true)
    if (next.ok) next.value[Symbol.dispose]()
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await plain.exited
  })

  test('ends with who has it, killed or not', async () => {
    const path = join(dir, 'killed')
    const script = `
      import { takeLock } from '${import.meta.dir}/../../../src/system/lock.ts'
      const lock = takeLock('${path}')
      console.log(lock.ok)
      setInterval(() => lock, 1 << 30)`
    const child = Bun.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await until('it holds it', () => existsSync(path) && readFileSync(path, 'utf8') === `${child.pid}\n`)
    expect(takeLock(path)).toMatchObject({ failure: { message: `${path} is locked by process ${child.pid}` } })
    child.kill('SIGKILL')
    await child.exited
    const lock = takeLock(path)
    expect(lock.ok).toBe(true)
    if (lock.ok) lock.value[Symbol.dispose]()
  })

  test('what cannot be opened is named', () => {
    const path = join(dir, 'not/there')
    expect(takeLock(path)).toMatchObject({
      failure: { code: 'ENOENT', message: `no such file or directory: ${path} (the lock)` },
    })
  })
})

test('[TB2] the boot has a name that stays', () => {
  expect(bootId()).toMatch(/^[0-9a-f-]{36}$/)
  expect(bootId()).toBe(bootId())
})

describe('[DM7] a program in the background', () => {
  test('has a session of its own, no terminal, our limits, and outlives who started it', async () => {
    const log = join(dir, 'background.log')
    const script = `
      import { startDetached } from '${import.meta.dir}/../../../src/system/detach.ts'
      const env = { KEPT: 'yes', DROPPED: undefined }
      const started = startDetached({ command: ['sh', '-c', 'echo out; echo err >&2; exec sleep 1000000'], log: '${log}', cwd: '/', env })
      console.log(started.ok ? started.value : started.failure.message)`
    const child = Bun.spawn(['sh', '-c', 'ulimit -Sn 777; "$@"; exit $?', 'sh', process.execPath, '-e', script], {
      env: { ...process.env, DROPPED: 'no', NOTIFY_SOCKET: '/nowhere' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = Number(await child.stdout.text())
    using _end = { [Symbol.dispose]: () => void (isAlive(pid) && process.kill(pid, 'SIGKILL')) }
    expect(await child.exited).toBe(0) // it did not wait for what it started
    await until('it is its program', () => statOf(pid)?.comm === 'sleep')
    expect(statOf(pid)).toMatchObject({ session: pid, group: pid })
    expect([...descriptorsOf(pid)]).toEqual([
      [0, '/dev/null'],
      [1, log],
      [2, log],
    ])
    expect(readFileSync(log, 'utf8')).toBe('out\nerr\n')
    expect(workingDirectoryOf(pid)).toBe('/')
    const names = environOf(pid).filter((entry) => /^(KEPT|DROPPED|NOTIFY_SOCKET)=/.test(entry))
    expect(names).toEqual(['KEPT=yes'])
    expect(limitOf(pid, 'Max open files')?.[0]).toBe('777')
    process.kill(pid, 'SIGKILL')
    await until('it is gone', () => !isAlive(pid))
  })

  test('says why it cannot be started', () => {
    expect(startDetached({ command: ['/nowhere'], log: null })).toMatchObject({ failure: { code: 'ENOENT' } })
    const log = join(dir, 'not/there')
    expect(startDetached({ command: ['true'], log })).toMatchObject({
      failure: { message: `no such file or directory: ${log}` },
    })
  })
})

describe('[DM22] the service manager', () => {
  test.each(['a path', 'an abstract name'])('hears everything at %s', (kind) => {
    const path = kind === 'a path' ? join(dir, 'manager') : `@coppice-${process.pid}`
    const socket = openDatagramSocket(path)
    const heard = (): string => {
      const datagram = receiveDatagram(socket)
      return typeof datagram === 'number' ? String(datagram) : datagram.text
    }
    const env: Record<string, string | undefined> = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '3000000', OTHER: 'stays' }
    const manager = openManager({ env })
    expect(env).toEqual({ OTHER: 'stays' })
    expect(manager.watchdogPeriod).toBe(1500)
    manager.ready('3 processes,\nall well')
    expect(heard()).toBe('READY=1\nSTATUS=3 processes, all well')
    manager.status('STOPPING=1\nREADY=1')
    expect(heard()).toBe('STATUS=STOPPING=1 READY=1')
    manager.reloading()
    expect(heard()).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d{6,}$/)
    manager.alive()
    expect(heard()).toBe('WATCHDOG=1')
    manager.stopping()
    expect(heard()).toBe('STOPPING=1')
  })

  test('asks for signs of life only of whom it means', () => {
    const periodOf = (env: Record<string, string>) =>
      openManager({ env: { NOTIFY_SOCKET: '/x', ...env } }).watchdogPeriod
    expect(periodOf({})).toBeNull()
    expect(periodOf({ WATCHDOG_USEC: '20000', WATCHDOG_PID: String(process.pid) })).toBe(10)
    expect(periodOf({ WATCHDOG_USEC: '20000', WATCHDOG_PID: '1' })).toBeNull()
    expect(periodOf({ WATCHDOG_USEC: '0' })).toBeNull()
  })

  test('that does not read keeps nobody waiting, and gets everything in its order', async () => {
    const path = join(dir, 'slow')
    const socket = openDatagramSocket(path)
    const manager = openManager({ env: { NOTIFY_SOCKET: path } })
    const sent = Array.from({ length: 40 }, (_, i) => `STATUS=${i}`)
    for (const text of sent) manager.status(text.slice(7))
    const heard: string[] = []
    await until('all is heard', () => {
      const datagram = receiveDatagram(socket)
      if (typeof datagram !== 'number') heard.push(datagram.text)
      return heard.length === sent.length
    })
    expect(heard).toEqual(sent)
  })

  test('that is gone is complained of once; one that is not there, never', () => {
    const complaints: string[] = []
    const manager = openManager({ env: { NOTIFY_SOCKET: join(dir, 'gone') }, log: (text) => complaints.push(text) })
    manager.ready('well')
    manager.alive()
    expect(complaints).toEqual([`${join(dir, 'gone')} (NOTIFY_SOCKET) cannot be spoken to: ENOENT`])
    const nobody = openManager({ env: { WATCHDOG_USEC: '20000' }, log: (text) => complaints.push(text) })
    nobody.ready('well')
    expect([complaints.length, nobody.watchdogPeriod]).toEqual([1, null])
  })
})
