// The small ports of this host: the clock, the sampler, commands of probes, and who connects.
import { describe, expect, setSystemTime, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../../src/system/command.ts'
import { createClock } from '../../../src/system/clock.ts'
import { holdProcess, signalIfSame } from '../../../src/system/process.ts'
import { createSampler } from '../../../src/system/sampler.ts'
import { childrenOf, descriptorsOf, isAlive, statOf } from '../../e2e/proc.ts'
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

  test('[TB1] it is one for all processes of this boot, so that the next daemon understands the instants of this one', () => {
    const script = `
      import { createClock } from '${import.meta.dir}/../../../src/system/clock.ts'
      console.log(createClock().now())`
    const { stdout } = Bun.spawnSync([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    expect(createClock().now() - Number(stdout.toString())).toBeWithin(0, 1000)
  })

  for (const jump of [3_600_000, -3_600_000]) {
    test(`[RS14] a host whose time is set by ${jump / 3_600_000} h rings no earlier and no later`, async () => {
      const clock = createClock()
      const before = clock.now()
      const asked = performance.now()
      try {
        const rung = new Promise<void>((resolve) => clock.alarm(before + 50, resolve))
        setSystemTime(new Date(Date.now() + jump))
        expect(clock.now() - before).toBeWithin(0, 1000)
        await rung
        expect(performance.now() - asked).toBeWithin(50, 1500)
      } finally {
        setSystemTime()
      }
    })
  }

  test('the wall clock counts from 1970', () => {
    expect(Math.abs(createClock().wall() - Date.now())).toBeLessThan(1000)
  })
})

describe('the sampler', () => {
  const busy = 'while :; do :; done'
  /** Each asking is a reading of its own. */
  const eager = { interval: 0 }
  const sleeps = (pid: number): boolean => statOf(pid)?.comm === 'sleep'

  test('[PR26] per cent of a core, and resident bytes', async () => {
    await using host = new Host()
    using sampler = createSampler(eager)
    const [runner, sleeper] = [host.start({ command: sh(busy) }), host.start({ command: ['/bin/sleep', '1000000'] })]
    const pids = [runner.pid, sleeper.pid]
    sampler.sample(pids)
    await Bun.sleep(300)
    const figures = sampler.sample(pids)
    expect(figures.get(runner.pid)?.cpu).toBeWithin(2, 150)
    expect(figures.get(sleeper.pid)?.cpu).toBe(0)
    for (const { memory } of figures.values()) expect(memory).toBeWithin(100_000, 20_000_000)
  })

  test('[PR26] at the first reading since its start', async () => {
    await using host = new Host()
    const run = host.start({ command: sh(busy) })
    await Bun.sleep(300)
    using sampler = createSampler(eager)
    expect(sampler.sample([run.pid]).get(run.pid)?.cpu).toBeWithin(2, 150)
  })

  test('[PR26] the whole tree: children, orphans in the session, escapees below it, each under one main process', async () => {
    await using host = new Host()
    const script = `
      (${busy}) & (sleep 1000000 & echo orphan=$!) ; setsid sleep 1000000 & echo escaped=$!; exec sleep 1000000`
    const [run, other] = [host.start({ command: sh(script) }), host.start({ command: ['/bin/sleep', '1000000'] })]
    const pids = [run.pid, await run.pidOf('orphan'), await run.pidOf('escaped')]
    await until('all are their programs', () => pids.every(sleeps) && sleeps(other.pid))
    using sampler = createSampler(eager)
    const alone = sampler.sample([other.pid]).get(other.pid)?.memory ?? 0
    await Bun.sleep(200)
    const figures = sampler.sample([run.pid, other.pid])
    expect(figures.get(run.pid)?.cpu).toBeGreaterThan(2)
    // Four of them, and the busy shell.
    expect((figures.get(run.pid)?.memory ?? 0) / alone).toBeWithin(3.1, 6)
    expect(figures.get(other.pid)?.cpu).toBe(0)
    const [below] = childrenOf(run.pid)
    expect(sampler.sample([run.pid, below ?? 0]).size).toBe(2)
  })

  test('[PR26] children that were waited for count', async () => {
    await using host = new Host()
    const script = 'while :; do sh -c "i=0; while [ \\$i -lt 2000 ]; do i=\\$((i+1)); done"; done'
    const run = host.start({ command: sh(script) })
    using sampler = createSampler(eager)
    sampler.sample([run.pid])
    await Bun.sleep(500)
    expect(sampler.sample([run.pid]).get(run.pid)?.cpu).toBeGreaterThan(10)
  })

  test('[PR26] who is gone has no figures, nor who took over the pid of one; later nothing is open', async () => {
    await using host = new Host()
    using sampler = createSampler(eager)
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    expect(sampler.sample([run.pid, 2 ** 30]).size).toBe(1)
    run.signal('SIGKILL')
    await run.over()
    expect(sampler.sample([run.pid]).size).toBe(0)
    const open = [...descriptorsOf(process.pid).values()]
    expect(open.filter((path) => path === `/proc/${run.pid}/stat`)).toEqual([])
  })

  test('[PR28] within the interval nothing is read, for one that was not asked about either', async () => {
    await using host = new Host()
    using sampler = createSampler({ interval: 60_000 })
    const [first, second] = [host.start({ command: sh(busy) }), host.start({ command: ['/bin/sleep', '1000000'] })]
    await Bun.sleep(50)
    const then = sampler.sample([first.pid]).get(first.pid)
    await Bun.sleep(100)
    expect(sampler.sample([first.pid]).get(first.pid)).toEqual(then)
    expect(sampler.sample([second.pid]).size).toBe(1)
    const third = host.start({ command: ['/bin/sleep', '1000000'] })
    expect(sampler.sample([third.pid]).size).toBe(0)
  })

  test('[PR28] nobody asks: nothing is read, and nothing is open', () => {
    const before = descriptorsOf(process.pid).size
    expect(createSampler().sample([])).toEqual(new Map())
    expect(descriptorsOf(process.pid).size).toBe(before)
  })

  test('[PR26] a program may call itself anything', async () => {
    await using host = new Host()
    using sampler = createSampler(eager)
    const run = host.start({ command: sh(`printf ") R 1 (" >/proc/self/comm; echo renamed; ${busy}`) })
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
