// Scenarios 7, 8, 14 and 16 of scenarios.md: how things end, in which order, and what is said of it.
import { expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import { binary } from '../binary.ts'
import { lateness, stopwatch } from '../facts.ts'
import { anUp, sentences, type Up } from '../harness.ts'
import { isAlive } from '../proc.ts'
import { writeTree } from '../tree-file.ts'

/** How much longer a call may take while the other tests of this file start, in milliseconds. */
const busy = 500

test.concurrent('scenario 7 [ST3] what ignores SIGTERM is killed at the stop timeout, and that is said', async () => {
  await using up = await anUp({
    processes: { keeper: program('never-dies'), web: { command: program('ignores-term'), stop_timeout: '2s' } },
  })
  const { pid } = await up.mark('web', 'start')
  const gone = up.fact('web is gone', () => !isAlive(pid) && Date.now())
  const { code, ms } = await up.cli('stop', 'web')

  expect(code).toBe(0)
  const { at } = await up.mark('web', 'term')
  expect((await gone) - at).toBeWithin(1950, 2300 + lateness())
  expect(ms).toBeWithin(2000, 2300 + busy + lateness())
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
  expect(second.at - asked).toBeWithin(2000, 2300 + busy + lateness())
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
    expect(ms).toBeWithin(1000, 1300 + busy + lateness())
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

test.concurrent('[PR18] a process that is suspended hears the stop signal all the same', async () => {
  await using up = await anUp({ processes: { keeper: program('never-dies'), web: program('slow-term') } })
  const { pid } = await up.mark('web', 'start')
  process.kill(pid, 'SIGSTOP')
  const { code, ms } = await up.cli('stop', 'web')
  expect(code).toBe(0)
  expect(ms).toBeLessThan(1000 + lateness())
  expect(up.marks('web', 'exit')).toHaveLength(1)
})

test.concurrent('[ST5] with `kill_mode: process` what a process leaves behind lives on, and that is said', async () => {
  const web = { command: program('forks-away'), kill_mode: 'process', restart: 'no' }
  await using up = await anUp({ processes: { keeper: program('never-dies'), web } })
  const escaped = Number((await up.mark('web', 'escaped')).what.split(' ')[1])
  expect((await up.cli('stop', 'web')).code).toBe(0)
  expect(isAlive(escaped)).toBe(true)
  expect((await up.view('web')).reason).toContain('left running')
  process.kill(escaped, 'SIGKILL')
  await up.fact('it is gone', () => !isAlive(escaped))
})

test.concurrent(
  '[PR22] a coppice inside a coppice ends its own tree, and is not taken for a part of the outer one',
  async () => {
    await using up = await anUp((dir) => {
      const home = join(dir, 'inner')
      mkdirSync(home)
      const file = writeTree({ processes: { leaf: program('slow-term', 0.1) } }, home)
      const inner = {
        command: [binary, 'up', file],
        env: { COPPICE_HOME: home },
        ready: { file: join(home, 'coppice.sock') },
      }
      return { processes: { inner, web: { command: program('slow-term'), parent: 'inner' } } }
    })
    const leaf = await up.mark('leaf', 'start')
    await up.mark('web', 'start')
    await up.signal('SIGTERM')
    expect((await up.exit()).code).toBe(0)
    expect(isAlive(leaf.pid)).toBe(false)
    const told = up.marks().filter((mark) => mark.what !== 'start')
    expect(told.map(({ name, what }) => `${name} ${what}`)).toEqual(['web term', 'web exit', 'leaf term', 'leaf exit'])
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
    expect(ms).toBeWithin(2200, 3000 + lateness())
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
  expect(ms).toBeLessThan(1000 + lateness())
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
    expect(since()).toBeLessThan(300 + 1000 + lateness())
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
