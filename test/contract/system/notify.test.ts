// What a process says of itself, by file and by socket, and who is not listened to.
import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createPrivateDirectory } from '../../../src/system/notify/directory.ts'
import type { Notification } from '../../../src/system/ports.ts'
import { descriptorsOf } from '../../e2e/proc.ts'
import { program } from '../../programs/program.ts'
import { aNotification } from '../../sim/builders.ts'
import { Host, sh, until, type HostedRun } from './host.ts'

const byFile = aNotification({ via: 'fd' })
const bySocket = aNotification({ via: 'socket' })

function toldBy(run: HostedRun): readonly Notification[] {
  return run.news.flatMap((news) => (news.tag === 'notified' ? [news.message] : []))
}

async function variableOf(run: HostedRun, name: string): Promise<string | undefined> {
  const entry = (await run.environment()).find((text) => text.startsWith(`${name}=`))
  return entry?.slice(name.length + 1)
}

test('[NT3] a directory too deep for a socket is not taken', () => {
  using directory = createPrivateDirectory(join(tmpdir(), 'x'.repeat(90)))
  expect(dirname(directory.path())).toBe(tmpdir())
})

describe('NOTIFY_FD', () => {
  test('[NT1] is a regular file, opened for appending', async () => {
    await using host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'], ready: byFile })
    expect(await variableOf(run, 'NOTIFY_FD')).toBe('3')
    const file = descriptorsOf(run.pid).get(3) ?? ''
    expect(statSync(file).isFile()).toBe(true)
    const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/${run.pid}/fdinfo/3`, 'utf8'))?.[1]
    expect(Number.parseInt(flags ?? '', 8) & 0o2001).toBe(0o2001) // O_APPEND | O_WRONLY
  })

  test('[NT2] ready at the first newline, once, whatever stands around it', async () => {
    await using host = new Host()
    const run = host.start({
      command: sh('printf x >&3; sleep 0.1; printf "y\\nz\\n\\n" >&3; sleep 0.1; echo >&3; exec sleep 1000000'),
      ready: byFile,
    })
    await until('it is ready', () => toldBy(run).length > 0)
    await Bun.sleep(250)
    expect(toldBy(run)).toEqual([{ tag: 'ready' }])
  })

  test('[NT2] a newline behind a long text is found', async () => {
    await using host = new Host()
    const run = host.start({ command: sh('head -c 20000 /dev/zero >&3; echo >&3; exec sleep 1000000'), ready: byFile })
    await until('it is ready', () => toldBy(run).length > 0)
  })

  test('[NT2] readiness is seen promptly', async () => {
    await using host = new Host()
    const delays: number[] = []
    for (let i = 0; i < 10; i++) {
      const run = host.start({
        command: sh('sleep 0.02; echo at=$(date +%s%N); echo >&3; exec sleep 1000000'),
        ready: byFile,
      })
      await until('it is ready', () => toldBy(run).length > 0)
      delays.push(Date.now() - Number(/at=(\d+)/.exec(run.output())?.[1]) / 1e6)
    }
    expect(delays.toSorted((a, b) => a - b)[5]).toBeLessThan(50)
  })

  test('[NT5] what is said just before the end is told before the end', async () => {
    await using host = new Host()
    for (let i = 0; i < 10; i++) {
      const run = host.start({ command: sh('echo >&3'), ready: byFile })
      await run.over()
      expect(run.news.map((news) => news.tag)).toEqual(['notified', 'exited'])
    }
  })
})

describe('NOTIFY_SOCKET', () => {
  const talks = (...messages: string[]): [string, ...string[]] =>
    program('notify-socket', 0, ...messages) as [string, ...string[]]

  test('[NT3] [NT4] systemd’s protocol', async () => {
    await using host = new Host()
    const run = host.start({ command: talks('READY=1\nSTATUS=serving', 'WATCHDOG=1', 'STOPPING=1'), ready: bySocket })
    await until('all is told', () => toldBy(run).length === 4)
    expect(toldBy(run)).toEqual([
      { tag: 'ready' },
      { tag: 'status', text: 'serving' },
      { tag: 'watchdog' },
      { tag: 'stopping' },
    ])
  })

  test('[NT3] the watchdog is announced in microseconds', async () => {
    await using host = new Host()
    const run = host.start({
      command: ['/bin/sleep', '1000000'],
      ready: aNotification({ via: 'socket', watchdog: 1500 }),
    })
    expect(await variableOf(run, 'WATCHDOG_USEC')).toBe('1500000')
    expect(await variableOf(run, 'WATCHDOG_PID')).toBeUndefined()
  })

  test('[NT6] a descendant may speak, in a session of its own too', async () => {
    await using host = new Host()
    const run = host.start({
      command: ['/bin/sh', '-c', 'setsid "$@" & wait', 'sh', ...talks('READY=1')],
      ready: bySocket,
    })
    await until('it is ready', () => toldBy(run).length > 0)
  })

  test('[NT6] a stranger is not heard', async () => {
    await using host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'], ready: bySocket })
    const env = { ...process.env, NOTIFY_SOCKET: (await variableOf(run, 'NOTIFY_SOCKET')) ?? '' }
    const stranger = Bun.spawn(talks('READY=1'), { env, stdio: ['ignore', 'inherit', 'inherit'] })
    await until('it is told of', () => host.oddities.length > 0)
    stranger.kill('SIGKILL')
    expect(host.oddities[0]).toBe(
      `${run.spec.name}: a notification of process ${stranger.pid} (uid ${process.getuid?.()}) was ignored`,
    )
    expect(toldBy(run)).toEqual([])
  })

  test('[NT6] a member of another run is not heard', async () => {
    await using host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'], ready: bySocket })
    const set = new Map([['NOTIFY_SOCKET', (await variableOf(run, 'NOTIFY_SOCKET')) ?? '']])
    host.start({ command: talks('READY=1'), env: { inherit: true, set } })
    await until('it is told of', () => host.oddities.length > 0)
    expect(toldBy(run)).toEqual([])
  })

  test('[NT6] MAINPID must name a member', async () => {
    await using host = new Host()
    const run = host.start({ command: talks('MAINPID=1', `MAINPID=${process.pid}`, 'READY=1'), ready: bySocket })
    await until('it is ready', () => toldBy(run).length > 0)
    expect(toldBy(run)).toEqual([{ tag: 'ready' }])
  })

  test('[NT5] a flood is told in full, and nobody waits for it', async () => {
    await using host = new Host()
    const messages = Array.from({ length: 500 }, (_, i) => `STATUS=${i}`)
    const run = host.start({ command: talks(...messages), ready: bySocket })
    await until('all is told', () => toldBy(run).length === 500)
    expect(toldBy(run).at(-1)).toEqual({ tag: 'status', text: '499' })
  })

  test('[NT7] the directory cannot be listed by others, and nothing stays in it', async () => {
    await using host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'], ready: bySocket })
    const path = (await variableOf(run, 'NOTIFY_SOCKET')) ?? ''
    expect(Buffer.byteLength(path)).toBeLessThan(108)
    expect(statSync(path).mode & 0o777).toBe(0o666)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o711)
    run.signal('SIGKILL')
    await run.over()
    expect(readdirSync(dirname(path))).toEqual([])
    await host.spawner[Symbol.asyncDispose]()
    expect(existsSync(dirname(path))).toBe(false)
  })
})
