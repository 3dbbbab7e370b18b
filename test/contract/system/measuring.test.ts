// The small ports of this host: the clock, the sampler, commands of probes, and who connects.
import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../../src/system/command.ts'
import { createClock } from '../../../src/system/clock.ts'
import { holdProcess, signalIfSame } from '../../../src/system/process.ts'
import { createSampler } from '../../../src/system/sampler.ts'
import { descriptorsOf, isAlive } from '../../e2e/proc.ts'
import { Host, sh, until } from './host.ts'

const noIdentity = { user: null, group: null, umask: null, nice: null } as const

describe('the clock', () => {
  test('has one alarm, and never rings early', async () => {
    const clock = createClock()
    const rung: string[] = []
    const at = clock.now() + 20
    clock.alarm(clock.now() + 5, () => rung.push('replaced'))
    await new Promise<void>((resolve) => {
      clock.alarm(at, () => {
        rung.push('rung')
        resolve()
      })
    })
    expect(clock.now()).toBeGreaterThanOrEqual(at)
    expect(rung).toEqual(['rung'])
  })

  test('an alarm in the past rings at the next turn', async () => {
    const clock = createClock()
    let rung = false
    clock.alarm(clock.now() - 1000, () => (rung = true))
    expect(rung).toBe(false)
    await until('it rings', () => rung)
  })

  test('an alarm in a year does not ring now, and `never` clears it', async () => {
    const clock = createClock()
    let rung = false
    clock.alarm(clock.now() + 365 * 86_400_000, () => (rung = true))
    await Bun.sleep(20)
    clock.alarm(Infinity, () => (rung = true))
    await Bun.sleep(20)
    expect(rung).toBe(false)
  })

  test('the wall clock counts from 1970', () => {
    expect(Math.abs(createClock().wall() - Date.now())).toBeLessThan(1000)
  })
})

describe('the sampler', () => {
  test('[PR26] per cent of a core, and resident bytes', async () => {
    await using host = new Host()
    const sampler = createSampler()
    const busy = host.start({ command: sh('while :; do :; done') })
    const idle = host.start({ command: ['/bin/sleep', '1000000'] })
    const pids = [busy.pid, idle.pid]
    const first = sampler.sample(pids)
    expect(pids.map((pid) => first.get(pid)?.cpu)).toEqual([0, 0])
    await Bun.sleep(300)
    const second = sampler.sample(pids)
    expect(second.get(busy.pid)?.cpu).toBeGreaterThan(2)
    expect(second.get(busy.pid)?.cpu).toBeLessThan(150)
    expect(second.get(idle.pid)?.cpu).toBe(0)
    for (const { memory } of second.values()) expect(memory).toBeWithin(100_000, 20_000_000)
  })

  test('[PR26] who is gone has no figures, and leaves nothing open', async () => {
    await using host = new Host()
    const sampler = createSampler()
    const before = descriptorsOf(process.pid).size
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    expect(sampler.sample([run.pid, 2 ** 30]).size).toBe(1)
    run.signal('SIGKILL')
    await run.over()
    expect(sampler.sample([run.pid]).size).toBe(0)
    expect(descriptorsOf(process.pid).size).toBeLessThanOrEqual(before)
  })

  test('[PR26] a program may call itself anything', async () => {
    await using host = new Host()
    const sampler = createSampler()
    const run = host.start({ command: sh('printf ") R 1 (" >/proc/self/comm; echo renamed; while :; do :; done') })
    await run.says('renamed')
    sampler.sample([run.pid])
    await Bun.sleep(200)
    expect(sampler.sample([run.pid]).get(run.pid)?.cpu).toBeGreaterThan(2)
  })
})

describe('commands of probes', () => {
  const ask = (script: string, { timeout = 10_000, signal = new AbortController().signal, cwd = '/' } = {}) => {
    const env = { inherit: false, set: new Map([['PATH', process.env['PATH'] ?? ''], ['WHO', 'the process']]) } // prettier-ignore
    return runCommand({
      command: sh(script),
      context: { name: 'web', cwd, env, identity: noIdentity },
      signal,
      timeout,
    })
  }

  test('[PR25] the exit, with environment and directory of the process', async () => {
    expect(await ask('[ "$WHO" = "the process" ] && [ "$PWD" = / ] && exit 7')).toEqual({
      exit: { tag: 'code', code: 7 },
    })
    expect(await ask('kill -TERM $$')).toEqual({ exit: { tag: 'signal', signal: 'SIGTERM' } })
  })

  test('[PR25] what cannot be run says why', async () => {
    const { signal } = new AbortController()
    expect(await runCommand({ command: ['/nowhere'], context: null, signal, timeout: 1000 })).toEqual({
      failed: 'no such file or directory: /nowhere',
    })
    expect(await ask('exit 0', { cwd: '/nowhere' })).toEqual({
      failed: 'no such file or directory: /nowhere (the working directory)',
    })
  })

  test('[PR25] the whole group is killed at the timeout, and when it ends', async () => {
    await using host = new Host()
    const file = join(host.dir, 'pid')
    const left = async (): Promise<number> => {
      await until('it has written', () => existsSync(file))
      return Number(await Bun.file(file).text())
    }
    expect(await ask(`sleep 1000000 & echo $! >${file}; wait`, { timeout: 200 })).toBe('timeout')
    const first = await left()
    await until('its child is dead', () => !isAlive(first))
    expect(await ask(`sleep 1000000 & echo $! >${file}; exit 0`)).toEqual({ exit: { tag: 'code', code: 0 } })
    const second = await left()
    await until('its child is dead', () => !isAlive(second))
  })

  test('[PR25] nobody wants to know any more', async () => {
    const controller = new AbortController()
    const asked = ask('exec sleep 1000000', { signal: controller.signal })
    controller.abort()
    expect(await asked).toEqual({ failed: 'aborted' })
    expect(await ask('exit 0', { signal: controller.signal })).toEqual({ failed: 'aborted' })
  })

  test('[PR25] it is no part of a run', async () => {
    await using host = new Host()
    const run = host.start({ command: sh('sleep 0.1') })
    const asked = ask('sleep 0.4')
    expect((await run.exited()).left).toBe(0)
    expect(await asked).toEqual({ exit: { tag: 'code', code: 0 } })
  })
})

describe('holding a process', () => {
  test('[PR21] without pidfds the start time decides', async () => {
    await using host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    using handle = holdProcess(run.pid, () => -38)
    expect(handle.signal(0)).toBeNull()
    expect(handle.signalGroup(0)).toBeNull()
    process.kill(run.pid, 'SIGKILL')
    await run.over()
    expect(handle.signal(0)).toBe('ESRCH')
    expect(handle.signalGroup(0)).toBe('ESRCH')
  })

  test('[PR21] another process with the same pid is not signalled', async () => {
    await using host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    expect(signalIfSame({ pid: run.pid, startTime: 1 }, 9)).toBe('ESRCH')
    expect(isAlive(run.pid)).toBe(true)
  })
})
