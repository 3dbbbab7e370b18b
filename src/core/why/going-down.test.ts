import { expect, test } from 'bun:test'
import { ignoresTerm } from '../../../test/sim/habit.ts'
import { aTree, type Tree } from '../../../test/sim/tree.ts'
import { tellStop } from './going-down.ts'

function told(tree: Tree) {
  const view = { world: tree.simulation.engine.world, now: tree.now, timeOf: (at: number) => `${at / 1000}s` }
  const { sentences, processes } = tellStop(view)
  return {
    sentences,
    processes: processes.map(({ process, phase, waitsFor, killAt, text }) => {
      return { name: process.spec.name, phase, waitsFor, killAt, text }
    }),
  }
}

const stubborn = { program: ignoresTerm, stop: { timeout: 2000 } } as const
const undying = { program: { ...ignoresTerm, diesAfter: 60_000 }, stop: { timeout: 1000 } } as const

test('[WH5] where nothing is stopped it says so', async () => {
  await using tree = await aTree({ web: {} })
  expect(told(tree)).toEqual({ sentences: ['Nothing is being stopped.'], processes: [] })
})

test('[WH5] in a shutdown: who blocks it, for how long still, and who waits for whom', async () => {
  await using tree = await aTree({ redis: {}, api: { parent: 'redis' }, worker: { parent: 'api', ...stubborn } })
  await tree.signal('SIGTERM')
  await tree.passes(500)
  expect(told(tree)).toEqual({
    sentences: ['Everything goes down, since coppice got SIGTERM, at 0s.', 'What is left in 1m14s gets SIGKILL.'],
    processes: [
      {
        name: 'worker',
        phase: 'asked',
        waitsFor: [],
        killAt: 2000,
        text: 'worker got SIGTERM 500ms ago, and gets SIGKILL in 1.5s.',
      },
      {
        name: 'redis',
        phase: 'draining',
        waitsFor: ['api'],
        killAt: null,
        text: 'redis waits until api, which stands on it, is gone: worker got SIGTERM 500ms ago, and gets SIGKILL in 1.5s.',
      },
      {
        name: 'api',
        phase: 'draining',
        waitsFor: ['worker'],
        killAt: null,
        text: 'api waits until worker, which stands on it, is gone: worker got SIGTERM 500ms ago, and gets SIGKILL in 1.5s.',
      },
    ],
  })
})

test('[WH5] what got SIGKILL, and what has survived it', async () => {
  await using tree = await aTree({ api: {}, worker: { parent: 'api', ...undying } })
  await tree.stop('api')
  await tree.passes(1100)
  expect(told(tree).processes[0]).toMatchObject({ phase: 'killed', text: 'worker got SIGKILL and is not gone yet.' })
  await tree.passes(5000)
  expect(told(tree)).toMatchObject({
    sentences: ['2 processes are on the way down.'],
    processes: [
      {
        name: 'worker',
        phase: 'stuck',
        text: 'worker got SIGKILL and has not died: its process 101 hangs in the kernel.',
      },
      { name: 'api', phase: 'draining', waitsFor: ['worker'] },
    ],
  })
})
