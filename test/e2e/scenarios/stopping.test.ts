// Scenarios 7, 8, 14 and 16 of scenarios.md: how things end, in which order, and what is said of it.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import { stopwatch } from '../facts.ts'
import { anUp, sentences, type Up } from '../harness.ts'
import { isAlive } from '../proc.ts'

test.concurrent('scenario 7 [ST3] what ignores SIGTERM is killed at the stop timeout, and that is said', async () => {
  await using up = await anUp({
    processes: { keeper: program('never-dies'), web: { command: program('ignores-term'), stop_timeout: '2s' } },
  })
  const { pid } = await up.mark('web', 'start')
  const since = stopwatch()
  const gone = up.fact('web is gone', () => !isAlive(pid) && since())
  const { code, ms } = await up.cli('stop', 'web')

  expect(code).toBe(0)
  expect(await gone).toBeWithin(2000, 2300)
  expect(ms).toBeWithin(2000, 2350)
  expect(up.marks('web', 'term')).toHaveLength(1)
  const web = await up.view('web')
  expect(web).toMatchObject({ status: 'stopped', pid: null, exit: { signal: 'SIGKILL' } })
  expect(web.reason).toContain('killed after 2s')
  expect(up.stderr).toContain('killed after 2s')
})

test.concurrent('scenario 7 [TR1] a restart never overlaps: the second run starts when the first is gone', async () => {
  await using up = await anUp((dir) => ({
    processes: { web: { command: program('never-two', join(dir, 'pid')), stop_timeout: '2s' } },
  }))
  const first = await up.mark('web', 'start')
  const asked = Date.now()
  expect((await up.cli('restart', 'web')).code).toBe(0)
  const second = await up.mark('web', 'start', 2)
  expect(second.at - asked).toBeWithin(2000, 2500)
  expect(isAlive(first.pid)).toBe(false)
  expect(up.marks('web', 'overlap')).toEqual([])
  expect(await up.view('web')).toMatchObject({ pid: second.pid, run: 2, restart_count: 1 })
})

test.concurrent(
  'scenario 8 [ST4] after a stop no descendant is alive, and the report names what was killed',
  async () => {
    await using up = await anUp({
      processes: { keeper: program('never-dies'), web: { command: program('deep-tree'), stop_timeout: '1s' } },
    })
    const pidIn = async (what: string): Promise<number> => Number((await up.mark('web', what)).what.split(' ')[1])
    const [middle, leaf, escaped] = [await pidIn('middle'), await pidIn('leaf'), await pidIn('escaped')]
    const top = (await up.view('web')).pid!
    expect([top, middle, leaf, escaped].filter(isAlive)).toHaveLength(4)

    const { code, ms } = await up.cli('stop', 'web')
    expect(code).toBe(0)
    expect(ms).toBeWithin(1000, 1400)
    expect([top, middle, leaf, escaped].filter(isAlive)).toEqual([])
    const { status, reason } = await up.view('web')
    expect(status).toBe('stopped')
    expect(reason).toContain('killed after 1s')
    for (const victim of [middle, escaped]) expect(reason).toContain(String(victim))
    const line = up.stderr.split('\n').find((text) => text.includes('killed after 1s'))
    for (const victim of [middle, escaped]) expect(line).toContain(String(victim))
    expect(sentences(await up.why('web'))).toContain(String(escaped))
  },
)

/** B stands on C and D, which stand on A. C does not heed SIGTERM. */
const diamond = {
  processes: {
    a: program('slow-term'),
    c: { command: program('ignores-term'), dependencies: ['a'], stop_timeout: '2s' },
    d: { command: program('slow-term', 0.2), dependencies: ['a'] },
    b: { command: program('slow-term', 0.2), dependencies: ['c', 'd'] },
  },
}

async function isComplete(up: Up): Promise<void> {
  for (const name of ['a', 'b', 'c', 'd']) await up.mark(name, 'start')
}

test.concurrent(
  'scenario 14 [ST2] [RN4] a diamond goes down from the top, each when those above it are gone',
  async () => {
    await using up = await anUp(diamond)
    await isComplete(up)
    const c = (await up.mark('c', 'start')).pid
    await up.signal('SIGTERM')
    const gone = up.fact('c is gone', () => !isAlive(c) && Date.now())
    const { code, ms } = await up.exit()

    expect(code).toBe(0)
    expect(ms).toBeWithin(2200, 2900)
    const told = up.marks().filter((mark) => mark.what !== 'start')
    const [bTerm, bExit, ...rest] = told
    expect([bTerm, bExit].map((mark) => `${mark?.name} ${mark?.what}`)).toEqual(['b term', 'b exit'])
    expect(
      rest
        .slice(0, 2)
        .map((mark) => `${mark.name} ${mark.what}`)
        .toSorted(),
    ).toEqual(['c term', 'd term'])
    expect(rest.slice(2).map((mark) => `${mark.name} ${mark.what}`)).toEqual(['d exit', 'a term', 'a exit'])
    expect(rest.at(-2)!.at).toBeGreaterThanOrEqual((await gone) - 15) // C was looked at every 10 ms.
    expect(up.marks(undefined, 'start')).toHaveLength(4)
  },
)

test.concurrent('scenario 14 [RN5] a second signal ends everything at once', async () => {
  await using up = await anUp(diamond)
  await isComplete(up)
  const pids = up.marks(undefined, 'start').map((mark) => mark.pid)
  await up.signal('SIGTERM')
  await Bun.sleep(500) // The table says when the second one comes.
  await up.signal('SIGTERM')
  const { code, ms } = await up.exit()
  expect(ms).toBeLessThan(1000)
  expect(code).not.toBe(0)
  expect(pids.filter(isAlive)).toEqual([])
  expect(up.marks(undefined, 'start')).toHaveLength(4)
})

test.concurrent(
  'scenario 16 [RN8] a significant process ends the run with its exit code, the others in reverse order',
  async () => {
    await using up = await anUp((dir) => ({
      processes: {
        db: program('slow-term', 0.1),
        api: { command: program('slow-term', 0.1), dependencies: ['db'] },
        web: { command: program('slow-term', 0.1), dependencies: ['api'] },
        job: { command: ['sh', '-c', `while ! [ -e ${dir}/go ]; do sleep 0.01; done; exit 7`], significant: true },
      },
    }))
    for (const name of ['db', 'api', 'web']) await up.mark(name, 'start')
    await Bun.write(join(up.dir, 'go'), '')
    const since = stopwatch()
    const { code } = await up.exit()
    expect(since()).toBeLessThan(300 + 1000)
    expect(code).toBe(7)
    const told = up.marks().filter((mark) => mark.what !== 'start')
    const order = ['web term', 'web exit', 'api term', 'api exit', 'db term', 'db exit']
    expect(told.map((mark) => `${mark.name} ${mark.what}`)).toEqual(order)
  },
)

test.concurrent('scenario 16 [RN8] a significant process that a signal ended gives 128 + N', async () => {
  await using up = await anUp({
    processes: { db: program('never-dies'), job: { command: program('dies-of', 'KILL'), significant: true } },
  })
  expect((await up.exit()).code).toBe(128 + 9)
})
