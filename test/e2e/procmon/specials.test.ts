// Section 6 of procmon.md: specials.
import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import type { Up } from '../harness.ts'
import { childrenOf, isAlive } from '../proc.ts'
import { aProcmon, task } from './file.ts'
import { entriesOf, type Entry } from './log.ts'
import { anHttpService } from './services.ts'

function story(up: Up, from = 0): string[] {
  return up
    .marks()
    .slice(from)
    .map((mark) => `${mark.name} ${mark.what}`)
}

test.concurrent(
  'procmon 6 a onetime task never starts on its own, only as a prerun, by a signal or a period',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('uncalled', program('exits', 0), { specials: { onetime: true } }),
        task('signalled', program('exits', 0), { specials: { onetime: true, signal: 'SIGUSR1' } }),
        task('periodic', program('exits', 0), { specials: { onetime: true, periodic: '300ms' } }),
        task('prerun', program('exits', 0), { specials: { onetime: true } }),
        task('web', program('never-dies'), { prerun: ['prerun'] }),
        task('child', program('exits', 0), { parent: 'web', specials: { onetime: true } }),
      ],
    })
    await up.mark('periodic', 'exit', 3)
    expect(up.marks('prerun', 'start')).toHaveLength(1)
    expect(up.marks('signalled')).toEqual([])
    await up.signal('SIGUSR1')
    await up.mark('signalled', 'exit')
    expect([...up.marks('uncalled'), ...up.marks('child')]).toEqual([])
  },
)

test.concurrent('procmon 6 a onetime task runs to its end and is not supervised', async () => {
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies')),
      task('task', program('exits', 3), { specials: { onetime: true, signal: 'SIGUSR1' } }),
    ],
  })
  await up.mark('web', 'start')
  await up.signal('SIGUSR1')
  await up.mark('task', 'exit')
  await Bun.sleep(1500) // It must not come back after the restart delay.
  expect(up.marks('task', 'start')).toHaveLength(1)
  expect(up.marks('web', 'start')).toHaveLength(1)
  await up.signal('SIGUSR1')
  await up.mark('task', 'exit', 2)
})

test.concurrent.each([
  ['SIGHUP', 'SIGHUP'],
  ['HUP', 'SIGHUP'],
  ['SIGINT', 'SIGINT'],
  ['INT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
  ['TERM', 'SIGTERM'],
  ['SIGUSR1', 'SIGUSR1'],
  ['USR1', 'SIGUSR1'],
  ['SIGUSR2', 'SIGUSR2'],
  ['USR2', 'SIGUSR2'],
] as const)(
  'procmon 6 7 [SP1] a special with signal = "%s" runs instead of what that does otherwise',
  async (written, signal) => {
    // Where SIGTERM is given away, something else has to end it.
    const other = signal === 'SIGUSR2' ? 'SIGUSR1' : 'SIGUSR2'
    await using up = await aProcmon({
      tasks: [
        task('web', program('never-dies')),
        task('special', program('exits', 0), { specials: { onetime: true, signal: written } }),
        task('end', program('exits', 0), { specials: { onetime: true, signal: other, terminate: true } }),
      ],
    })
    const { pid } = await up.mark('web', 'start')
    for (const count of [1, 2]) {
      await up.signal(signal)
      await up.mark('special', 'exit', count)
      await up.until('special', (view) => view.run === count && view.status === 'completed')
    }
    expect(isAlive(pid)).toBe(true)
    await up.signal(other)
    expect((await up.exit()).code).toBe(0)
  },
)

test.concurrent('procmon 6 [SP1] every special of a signal runs, one after the other', async () => {
  const specials = { onetime: true, signal: 'SIGUSR1' }
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies')),
      task('one', program('exits', 0, 0.2), { specials }),
      task('two', program('exits', 1, 0.2), { specials }),
      task('three', program('exits', 0, 0.2), { specials }),
    ],
  })
  await up.mark('web', 'start')
  await up.signal('SIGUSR1')
  await up.mark('three', 'exit')
  expect(story(up, 1)).toEqual(['one start', 'one exit', 'two start', 'two exit', 'three start', 'three exit'])
})

test.concurrent('procmon 6 [SP2] a period is counted from when the tree came up', async () => {
  await using service = anHttpService()
  service.say('/', 503)
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies'), { monitors: [{ name: 'ready', type: 'http', url: service.url('/') }] }),
      task('child', program('never-dies'), { parent: 'web' }),
      task('tick', program('exits', 0), { specials: { onetime: true, periodic: '500ms' } }),
    ],
  })
  const { at } = await up.mark('web', 'start')
  // It must not come while the tree is still on its way up.
  await up.fact('a second has passed', () => service.asked('/').some((one) => one.at > at + 1000))
  expect(up.marks('tick')).toEqual([])
  service.say('/', 200)
  const { at: cameUp } = await runningSince(up, 'child', 1)
  const ticks = [await up.mark('tick', 'start'), await up.mark('tick', 'start', 2), await up.mark('tick', 'start', 3)]
  expect(ticks[0]!.at - cameUp).toBeWithin(450, 1400)
  expect(ticks[2]!.at - ticks[0]!.at).toBeWithin(500, 2500)
})

test.concurrent(
  'procmon 6 [SP3] with shutdown everything goes down first, then it runs alone, then everything comes back',
  async () => {
    await using up = await aProcmon((dir) => ({
      tasks: [
        task('db', program('slow-term', 0.1)),
        task('web', program('slow-term', 0.2), { parent: 'db' }),
        task('deaf', program('ignores-term'), { maxshutdown: '600ms' }),
        task('snapshot', program('waits-for', join(dir, 'go')), {
          specials: { onetime: true, signal: 'SIGHUP', shutdown: true },
        }),
      ],
    }))
    for (const name of ['db', 'web', 'deaf']) await up.mark(name, 'start')
    const before = up.marks().length
    const pids = up.marks().map((mark) => mark.pid)
    const supervisor = await up.pid()
    await up.signal('SIGHUP')
    const snapshot = await up.mark('snapshot', 'start')
    expect(pids.filter(isAlive)).toEqual([])
    expect(childrenOf(supervisor).filter(isAlive)).toEqual([snapshot.pid])
    expect(story(up, before).filter((text) => !text.startsWith('deaf'))).toEqual([
      'web term',
      'web exit',
      'db term',
      'db exit',
      'snapshot start',
    ])
    expect((await up.ls()).map((view) => view.pid)).toEqual([null, null, null, snapshot.pid])

    const { length } = up.marks()
    writeFileSync(join(up.dir, 'go'), '')
    for (const name of ['db', 'web', 'deaf']) await up.mark(name, 'start', 2)
    const back = story(up, length)
    expect(back[0]).toBe('snapshot exit')
    expect(back.slice(1).toSorted()).toEqual(['db start', 'deaf start', 'web start'])
  },
)

test.concurrent(
  'procmon 6 [SP3] the tree comes back also when the special has failed, and when it cannot even be started',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('web', program('never-dies')),
        task('bad', program('exits', 9), { specials: { onetime: true, signal: 'SIGUSR1', shutdown: true } }),
        { name: 'missing', path: '/not/there', specials: { onetime: true, signal: 'SIGUSR2', shutdown: true } },
      ],
    })
    await up.mark('web', 'start')
    await up.signal('SIGUSR1')
    await up.mark('web', 'start', 2)
    await up.until('web', 'running')
    await up.signal('SIGUSR2')
    await up.mark('web', 'start', 3)
    expect(story(up)).toEqual(['web start', 'bad start', 'bad exit', 'web start', 'web start'])
    expect(up.stderr).toContain('/not/there')
  },
)

// `start the tree again`: what only holds preruns is of the tree too.
test.concurrent(
  'procmon 6 [SP3] [SP7] after a shutdown special the preruns of a task with an empty path run again',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('first', program('exits', 0), { specials: { onetime: true } }),
        { name: 'setup', path: '', prerun: ['first'] },
        task('web', program('never-dies')),
        task('backup', program('exits', 0), { specials: { onetime: true, signal: 'SIGHUP', shutdown: true } }),
      ],
    })
    await up.until('setup', 'completed')
    await up.signal('SIGHUP')
    await up.mark('first', 'exit', 2)
    await up.mark('web', 'start', 2)
  },
)

test.concurrent('procmon 6 [SP2] the count of every period starts anew after a shutdown run', async () => {
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies')),
      task('tick', program('exits', 0), { specials: { onetime: true, periodic: '1200ms' } }),
      task('backup', program('exits', 0), { specials: { onetime: true, signal: 'SIGHUP', shutdown: true } }),
    ],
  })
  const first = await up.mark('web', 'start')
  await up.fact('most of the period has passed', () => Date.now() - first.at > 800)
  await up.signal('SIGHUP')
  const second = await runningSince(up, 'web', 2)
  const tick = await up.mark('tick', 'start')
  expect(tick.at - second.at).toBeWithin(1150, 2300)
})

/** When this run of a task was ready, by the log. */
function runningSince(up: Up, name: string, run: number): Promise<Entry> {
  const isMeant = (entry: Entry): boolean =>
    entry.process === name && entry['run'] === run && entry.msg.startsWith('running')
  return up.fact(`run ${run} of ${name} is ready`, () => entriesOf(up.stderr).find(isMeant))
}

test.concurrent('procmon 6 [SP2] [SP3] a period may ask for a shutdown, again and again', async () => {
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies')),
      task('backup', program('exits', 0, 0.1), { specials: { onetime: true, periodic: '1s', shutdown: true } }),
    ],
  })
  await up.mark('web', 'start', 3)
  expect(story(up).slice(0, 7)).toEqual([
    'web start',
    'backup start',
    'backup exit',
    'web start',
    'backup start',
    'backup exit',
    'web start',
  ])
  const [first, second] = [await up.mark('web', 'start', 2), await up.mark('backup', 'start', 2)]
  expect(second.at - first.at).toBeGreaterThanOrEqual(800)
})

test.concurrent.each([
  ['succeeded', 0, 0],
  ['failed', 3, 1],
])('procmon 6 [SP5] with terminate everything ends after it has %s', async (_how, exits, expected) => {
  await using up = await aProcmon({
    tasks: [
      task('db', program('slow-term')),
      task('web', program('slow-term'), { parent: 'db' }),
      task('last', program('exits', exits, 0.1), { specials: { onetime: true, signal: 'SIGUSR1', terminate: true } }),
    ],
  })
  for (const name of ['db', 'web']) await up.mark(name, 'start')
  await up.signal('SIGUSR1')
  expect((await up.exit()).code).toBe(expected)
  expect(story(up, 2)).toEqual(['last start', 'last exit', 'web term', 'web exit', 'db term', 'db exit'])
})

test.concurrent(
  'procmon 6 [SP3] [SP5] with shutdown and terminate it runs after everything is gone, and that is the end',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('web', program('slow-term')),
        task('last', program('exits', 0), {
          specials: { onetime: true, signal: 'TERM', shutdown: true, terminate: true },
        }),
      ],
    })
    await up.mark('web', 'start')
    await up.signal('SIGTERM')
    expect((await up.exit()).code).toBe(0)
    expect(story(up)).toEqual(['web start', 'web term', 'web exit', 'last start', 'last exit'])
  },
)

test.concurrent(
  'procmon 6 [SP4] a special that comes while another one runs waits its turn: none is lost, none overlaps',
  async () => {
    await using up = await aProcmon((dir) => ({
      tasks: [
        task('web', program('never-dies')),
        task('slow', program('waits-for', join(dir, 'go')), { specials: { onetime: true, signal: 'SIGUSR1' } }),
        task('quick', program('exits', 0, 0.1), { specials: { onetime: true, signal: 'SIGUSR2' } }),
        task('backup', program('exits', 0, 0.1), { specials: { onetime: true, signal: 'SIGHUP', shutdown: true } }),
      ],
    }))
    await up.mark('web', 'start')
    await up.signal('SIGUSR1')
    await up.mark('slow', 'start')
    // It answers a question before the next is sent: the kernel keeps no count of a signal that is pending already.
    for (const signal of ['SIGUSR2', 'SIGHUP', 'SIGUSR2', 'SIGUSR1'] as const) {
      await up.signal(signal)
      await up.ls()
    }
    await Bun.sleep(200) // Nothing may run beside the first one.
    expect(story(up, 1)).toEqual(['slow start'])
    expect(await up.view('web')).toMatchObject({ status: 'running', run: 1 })
    writeFileSync(join(up.dir, 'go'), '')
    await up.mark('slow', 'exit', 2)
    const order = ['slow', 'quick', 'backup', 'quick', 'slow']
    const told = story(up, 1)
    expect(told.filter((text) => text !== 'web start')).toEqual(
      order.flatMap((name) => [`${name} start`, `${name} exit`]),
    )
    expect(told.indexOf('web start')).toBeGreaterThan(told.indexOf('backup exit'))
  },
)

test.concurrent(
  'procmon 6 [SP4] a special that takes longer than its period neither piles up nor overlaps',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('web', program('never-dies')),
        task('long', program('exits', 0, 0.4), { specials: { onetime: true, periodic: '50ms' } }),
      ],
    })
    await up.mark('long', 'exit', 4)
    expect(
      up
        .marks('long')
        .slice(0, 8)
        .map((mark) => mark.what),
    ).toEqual(Array(4).fill(['start', 'exit']).flat())
  },
)

test.concurrent('procmon 6 [RN4] SIGTERM while a shutdown special runs ends everything, the special too', async () => {
  await using up = await aProcmon({
    tasks: [
      task('web', program('slow-term')),
      task('backup', program('slow-term', 0.2), { specials: { onetime: true, signal: 'SIGHUP', shutdown: true } }),
    ],
  })
  await up.mark('web', 'start')
  await up.signal('SIGHUP')
  await up.mark('backup', 'start')
  await up.signal('SIGTERM')
  expect((await up.exit()).code).toBe(0)
  expect(story(up)).toEqual(['web start', 'web term', 'web exit', 'backup start', 'backup term', 'backup exit'])
})

test.concurrent('procmon 6 [RN7] a file of nothing but specials waits for their signals', async () => {
  await using up = await aProcmon({
    tasks: [task('backup', program('exits', 0), { specials: { onetime: true, signal: 'SIGUSR1' } })],
  })
  for (const nth of [1, 2]) {
    await up.signal('SIGUSR1')
    await up.mark('backup', 'exit', nth)
  }
  await up.until('backup', 'completed')
})
