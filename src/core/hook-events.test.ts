import { expect, test } from 'bun:test'
import { aMonitor, aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith } from '../../test/sim/habit.ts'
import { aTree, type Actor, type Tree } from '../../test/sim/tree.ts'
import { hookEventsOf, isReplacement } from './hook-events.ts'

/** Has `act` done to a tree that has begun, and gives the events of `web` since then. */
async function eventsOf(web: Actor, act: (tree: Tree) => Promise<void>, others: Record<string, Actor> = {}) {
  await using tree = await aTree({ ...others, web }, { dice: () => 0.5 })
  const told: string[] = []
  tree.simulation.engine.subscribe(({ transitions }) => {
    for (const transition of transitions.filter(({ process }) => process.spec.name === 'web')) {
      const suffix = isReplacement(transition) ? '!' : ''
      told.push(...hookEventsOf(transition).map((event) => (event === 'restart' ? `${event}${suffix}` : event)))
    }
  })
  await act(tree)
  return told
}

const passes = (span: number) => (tree: Tree) => tree.passes(span)

test('[HK1] a fall and the restart after it', async () => {
  const program = [{ ...exitsWith(1, { after: 50 }) }, {}]
  expect(await eventsOf({ program }, passes(1000))).toEqual(['exit', 'restart!', 'start', 'ready'])
})

test('[HK1] [HK5] a restart at once is told after the end, in the same moment', async () => {
  const program = [exitsWith(1, { after: 20_000 }), {}]
  expect(await eventsOf({ program }, passes(25_000))).toEqual(['exit', 'restart!', 'start', 'ready'])
})

test('[HK1] [HK5] a restart that somebody asked for is a restart, and none of pmon3', async () => {
  expect(await eventsOf({}, (tree) => tree.restart('web').then(() => tree.passes(100)))).toEqual([
    'restart',
    'exit',
    'start',
    'ready',
  ])
  const down = async (tree: Tree): Promise<void> => {
    await tree.stop('web')
    await tree.passes(100)
    await tree.restart('web')
  }
  expect(await eventsOf({}, down)).toEqual(['exit', 'stop', 'restart', 'start', 'ready'])
})

test('[HK1] a stop and a start', async () => {
  const act = async (tree: Tree): Promise<void> => {
    await tree.stop('web')
    await tree.passes(100)
    await tree.start('web')
    await tree.passes(100)
  }
  expect(await eventsOf({}, act)).toEqual(['exit', 'stop', 'start', 'ready'])
})

test('[HK1] the end of everything stops each', async () => {
  expect(await eventsOf({}, (tree) => tree.signal('SIGTERM').then(() => tree.passes(100)))).toEqual(['exit', 'stop'])
})

test('[HK1] who is deleted is stopped, once', async () => {
  expect(await eventsOf({}, (tree) => tree.delete('web').then(() => tree.passes(100)))).toEqual(['exit', 'stop'])
  const stopped = (tree: Tree): Promise<void> =>
    tree
      .stop('web')
      .then(() => tree.passes(100))
      .then(() => tree.delete('web'))
  expect(await eventsOf({}, stopped)).toEqual(['exit', 'stop'])
})

test('[HK1] a failure: what is not restarted, what cannot be started, again and again', async () => {
  expect(await eventsOf({ restart: 'no', program: diesBy('SIGSEGV', { after: 50 }) }, passes(1000))).toEqual([
    'exit',
    'failure',
  ])
  const broken = await eventsOf({ program: [exitsWith(1, { after: 10 }), { spawnFails: 'ENOENT' }] }, passes(12_000))
  expect(broken).toEqual(['exit', 'restart!', 'failure', 'restart!', 'failure'])
})

test('[HK1] what ended well is no failure and no stop', async () => {
  expect(await eventsOf({ restart: 'no', program: exitsWith(0, { after: 50 }) }, passes(1000))).toEqual(['exit'])
})

test('[HK1] it is ready only when its check passes, and unhealthy when it does not any more', async () => {
  const program = { unready: [[500, 1500]] as const }
  const ready = aReadiness({ period: 400 })
  expect(await eventsOf({ ready, program }, passes(3000))).toEqual(['ready', 'unhealthy', 'ready'])
})

test('[HK1] a monitor that fails makes it unhealthy, and is its end', async () => {
  const program = [{ sick: [[1000, 9000]] as const }, {}]
  expect(await eventsOf({ monitors: [aMonitor({ period: 1000 })], program }, passes(5000))).toEqual([
    'unhealthy',
    'exit',
    'restart!',
    'start',
    'ready',
  ])
})

test('[HK1] it is over when nothing of it is left', async () => {
  const program = [{ ...exitsWith(1, { after: 100 }), children: [{ obeysAfter: 300 }] }, {}]
  const early = await eventsOf({ program }, passes(300))
  expect(early).toEqual([])
  expect(await eventsOf({ program }, passes(2000))).toEqual(['exit', 'restart!', 'start', 'ready'])
})

test('[HK1] with its parent it goes down and comes back', async () => {
  const db = { program: [exitsWith(1, { after: 100 }), {}] }
  expect(await eventsOf({ parent: 'db' }, passes(2000), { db })).toEqual(['exit', 'restart!', 'start', 'ready'])
})

test('[HK1] [FL1] a backoff is told when it begins', async () => {
  const flapDetection = { restarted: 2, countdown: 5000, decrement: 0 }
  const program = [exitsWith(1, { after: 10 }), exitsWith(1, { after: 10 }), exitsWith(1, { after: 10 }), {}]
  const told = await eventsOf({ flapDetection, program }, passes(20_000))
  expect(told.filter((event) => event === 'backoff')).toHaveLength(1)
  expect(told.slice(-4)).toEqual(['backoff', 'restart!', 'start', 'ready'])
})
