import { expect, test } from 'bun:test'
import { aReadiness } from '../../test/sim/builders.ts'
import { diesBy } from '../../test/sim/habit.ts'
import { aTree, type Tree } from '../../test/sim/tree.ts'
import { transitions } from './transitions.ts'

test('every move of a process is told once, with its reason', async () => {
  await using tree = await aTree(
    { web: { ready: aReadiness(), program: [{ ...diesBy('SIGSEGV', { after: 500 }), readyAfter: 100 }, {}] } },
    { begun: false },
  )
  const told = follow(tree)
  await tree.begin()
  await tree.passes(1000)
  expect(told).toEqual([
    'stopped → init: asked',
    'init → init: not-ready-yet',
    'init → running, ready: became-ready',
    'running → restarting: delay',
    'restarting → init: delay',
    'init → init: not-ready-yet',
    'init → running, ready: became-ready',
  ])
})

test('losing and regaining readiness is a move', async () => {
  const program = { unready: [[500, 1500]] as const }
  await using tree = await aTree({ web: { ready: aReadiness({ period: 400 }), program } })
  const told = follow(tree)
  await tree.passes(3000)
  expect(told).toEqual([
    'init → running, ready: became-ready',
    'running → running: no-longer-ready',
    'running → running, ready: became-ready',
  ])
})

test('between a world and itself nothing has happened', async () => {
  await using tree = await aTree({ web: {} })
  const { world } = tree.simulation.engine
  expect(transitions(world, world)).toEqual([])
})

function follow(tree: Tree): string[] {
  const told: string[] = []
  tree.simulation.engine.subscribe(({ transitions: moves }) => {
    for (const { from, to, becameReady, reason } of moves)
      told.push(`${from} → ${to}${becameReady ? ', ready' : ''}: ${reason.tag}`)
  })
  return told
}
