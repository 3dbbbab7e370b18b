// Scenarios 3, 4, 5, 6, 9 and 17 of scenarios.md: what comes back, when, and what does not.
import { expect, test } from 'bun:test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program, type Mark } from '../../programs/program.ts'
import { lateness } from '../facts.ts'
import { anUp, sentences, type Up } from '../harness.ts'
import { descriptorsOf, isAlive } from '../proc.ts'

test.concurrent('scenario 3 [RS5] with a start limit of 5 in 10 s it is started exactly five times', async () => {
  const limit = { start_limit: { burst: 5, interval: '10s' } }
  await using up = await anUp({
    processes: { keeper: program('never-dies'), web: { command: program('crash-loop', 1), ...limit } },
  })
  const web = await up.until('web', 'failed')
  expect(web).toMatchObject({ exit: { code: 1 }, pid: null, next_try: null, run: 5 })
  expect(web.reason).toContain('start limit')
  expect(up.marks('web')).toHaveLength(5)
  expect((await up.cli('ls')).stdout).toMatch(/web.*failed/)
  expect((await up.cli('desc', 'web')).stdout).toMatch(/\b1\b/)
  const why = sentences(await up.why('web'))
  expect(why).toContain('start limit')
  expect(why).toContain('exited with code 1')

  await Bun.sleep(1500) // It must not come back by itself, …
  expect(up.marks('web')).toHaveLength(5)

  await up.cli('start', 'web', '--no-wait') // … but a person may give it five more.
  await up.mark('web', 'start', 10)
  await up.until('web', 'failed')
  expect(up.marks('web')).toHaveLength(10)
})

test.concurrent('scenario 4 [RS3] the delays double up to the longest, and begin anew after a good life', async () => {
  const backoff = { initial: '100ms', factor: 2, max: '2s', jitter: 0, reset_after: '1s' }
  await using up = await anUp((dir) => ({
    processes: { web: { command: program('dies-without', join(dir, 'good')), backoff } },
  }))
  await up.mark('web', 'start', 5)
  const { next_try, status } = await up.until('web', (view) => view.next_try !== null)
  const next = await up.mark('web', 'start', 6)
  expect(status).toBe('restarting')
  expect(Math.abs(new Date(next_try!).getTime() - next.at)).toBeLessThan(200 + lateness())
  expectGaps(await gaps(up, { from: 1, to: 8 }), [100, 200, 400, 800, 1600, 2000, 2000])

  writeFileSync(join(up.dir, 'good'), '')
  const good = await up.until('web', (view) => view.status === 'running' && isAlive(view.pid!))
  await Bun.sleep(1100) // It has to live for longer than `reset_after`.
  expect(await up.view('web')).toMatchObject({ pid: good.pid })
  rmSync(join(up.dir, 'good'))
  process.kill(good.pid!, 'SIGKILL')
  const killed = Date.now()
  const first = up.marks('web').length + 1
  // The restart after a good life is immediate.
  expect((await up.mark('web', 'start', first)).at - killed).toBeLessThan(100 + lateness())
  expectGaps(await gaps(up, { from: first, to: first + 2 }), [100, 200])
})

test.concurrent(
  'scenario 4 [RS3] without further words the delays are 100 ms × 2 with a jitter of a tenth',
  async () => {
    await using up = await anUp({ processes: { web: program('crash-loop') } })
    const found = await gaps(up, { from: 1, to: 5 })
    for (const [i, plain] of [100, 200, 400, 800].entries())
      expect(found[i]).toBeWithin(plain * 0.9 - 5, plain * 1.1 + 150 + lateness())
  },
)

async function gaps(up: Up, { from, to }: { from: number; to: number }): Promise<number[]> {
  const marks: Mark[] = []
  for (let n = from; n <= to; n++) marks.push(await up.mark('web', 'start', n))
  return marks.slice(1).map((mark, i) => mark.at - marks[i]!.at)
}

/** A gap holds the delay, the short life, and what the machine is busy with besides; it is never shorter than the delay. */
function expectGaps(found: readonly number[], delays: readonly number[]): void {
  expect(found).toHaveLength(delays.length)
  for (const [i, delay] of delays.entries()) expect(found[i]).toBeWithin(delay - 5, delay + 150 + lateness())
}

test.concurrent('scenario 5 [RS1] [RS2] success codes end it, everything else brings it back', async () => {
  const policy = { restart: 'on-failure', success_exit_codes: [0, 2], backoff: { initial: '50ms' } }
  await using up = await anUp({
    processes: {
      zero: { command: program('exits', 0), ...policy },
      two: { command: program('exits', 2), ...policy },
      three: { command: program('exits', 3), ...policy },
      killed: { command: program('dies-of', 'KILL'), ...policy },
      quick: { command: program('exits', 0, 0.005), oneshot: true, restart: 'no' },
      true: { command: ['true'], oneshot: true },
    },
  })
  expect(await up.until('zero', 'completed')).toMatchObject({ exit: { code: 0 }, run: 1 })
  expect(await up.until('two', 'completed')).toMatchObject({ exit: { code: 2 }, run: 1 })
  expect(await up.until('quick', 'completed')).toMatchObject({ exit: { code: 0 }, run: 1 })
  expect(await up.until('true', 'completed')).toMatchObject({ exit: { code: 0 }, run: 1 })
  await up.mark('three', 'start', 3)
  await up.mark('killed', 'start', 3)
  expect(await up.until('three', (view) => view.exit !== null)).toMatchObject({ exit: { code: 3 } })
  expect(await up.until('killed', (view) => view.exit !== null)).toMatchObject({ exit: { signal: 'SIGKILL' } })
  for (const name of ['zero', 'two', 'quick']) expect(up.marks(name, 'start')).toHaveLength(1)
  expect(await up.view('true')).toMatchObject({ run: 1, restart_count: 0 })
})

test.concurrent('scenario 6 [TR9] a stop ends the wait for a restart', async () => {
  const backoff = { initial: '1s', jitter: 0 }
  await using up = await anUp({
    processes: { keeper: program('never-dies'), web: { command: program('crash-loop'), backoff } },
  })
  await up.until('web', (view) => view.next_try !== null)
  const { code, ms } = await up.cli('stop', 'web')
  expect(code).toBe(0)
  expect(ms).toBeLessThan(1000 + lateness())
  expect(await up.view('web')).toMatchObject({ status: 'stopped', pid: null, next_try: null, restart_count: 0 })
  await Bun.sleep(1300) // The restart must not come after all.
  expect(up.marks('web')).toHaveLength(1)
})

test.concurrent(
  'scenario 6 [TR9] whatever was asked for during a wait for a dependency, one run comes of it',
  async () => {
    await using up = await anUp((dir) => ({
      processes: {
        db: { command: program('never-dies'), ready: { file: join(dir, 'gate') } },
        web: { command: program('never-dies'), dependencies: ['db'] },
        late: { command: program('never-dies'), dependencies: ['db'] },
      },
    }))
    await up.until('web', 'queued')
    for (const verb of ['stop', 'start', 'restart', 'restart', 'restart'])
      expect((await up.cli(verb, 'web', '--no-wait')).code).toBe(0)
    const { code, ms } = await up.cli('stop', 'late')
    expect({ code, quick: ms < 1000 }).toEqual({ code: 0, quick: true })
    await up.until('web', 'queued')
    expect(up.marks('web')).toEqual([])

    writeFileSync(join(up.dir, 'gate'), '')
    const web = await up.until('web', 'running')
    await Bun.sleep(500) // Neither a second run of `web` may come, nor any of `late`.
    expect(up.marks('web', 'start')).toMatchObject([{ pid: web.pid }])
    expect(await up.view('web')).toMatchObject({ pid: web.pid, run: 1 })
    expect(await up.view('late')).toMatchObject({ status: 'stopped', run: 0 })
    expect(up.marks('late')).toEqual([])
  },
)

test.concurrent(
  'scenario 9 [ST5] an exit is seen although a grandchild holds stdout, a hundred times, and no descriptor stays',
  async () => {
    const backoff = { initial: '1ms', max: '2ms', jitter: 0 }
    await using up = await anUp((dir) => ({
      processes: {
        web: { command: program('holds-pipe'), backoff, stdout: join(dir, 'web.log'), stderr: join(dir, 'web.err') },
      },
    }))
    const pid = await up.pid()
    const first = await up.mark('web', 'left')
    const second = await up.mark('web', 'start', 2)
    expect(second.at - first.at).toBeLessThan(1000 + lateness())
    await up.mark('web', 'left', 10)
    await up.cli('stop', 'web')
    const before = descriptorsOf(pid).size
    const made = up.marks('web', 'left').length

    await up.cli('start', 'web', '--no-wait')
    await up.mark('web', 'left', made + 100)
    await up.cli('stop', 'web')
    // Those of the figures that `stop` has told are closed when nobody has asked for more for five seconds.
    await up.fact(`no more than ${before} descriptors are open`, () => descriptorsOf(pid).size <= before, 10_000)
    const leftBehind = up.marks('web', 'left').map((mark) => Number(mark.what.split(' ')[1]))
    expect(leftBehind.filter(isAlive)).toEqual([])
  },
)

test.concurrent(
  'scenario 17 [TR4] [TR5] what fell comes back, then what stood on it; the rest keeps its pid',
  async () => {
    await using up = await anUp({
      processes: {
        a: program('never-dies'),
        b: { command: program('notify-fd', 0.3), parent: 'a', ready: 'notify: fd' },
        c: { command: program('slow-term', 0.2), parent: 'b' },
        d: program('never-dies'),
      },
    })
    const c = await up.until('c', 'running')
    const [a, b, , d] = await up.ls()
    await up.mark('c', 'start')
    process.kill(b!.pid!, 'SIGKILL')

    await up.until('c', (view) => view.status === 'running' && view.pid !== c.pid)
    await up.mark('c', 'start', 2)
    const told = up.marks().map((mark) => `${mark.name} ${mark.what}`)
    expect(told.slice(told.indexOf('c term'))).toEqual(['c term', 'c exit', 'b start', 'b ready', 'c start'])
    const now = await up.ls()
    expect(now).toMatchObject([
      { pid: a!.pid, restart_count: 0 },
      { restart_count: 1 },
      {},
      { pid: d!.pid, restart_count: 0 },
    ])
    expect(now[1]!.pid).not.toBe(b!.pid)
    expect(now.map((view) => view.status)).toEqual(['running', 'running', 'running', 'running'])
  },
)
