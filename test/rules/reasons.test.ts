import { expect, test } from 'bun:test'
import { chainOf, explain, explainState } from '../../src/core/explain.ts'
import { aCheck, aMonitor, anEdge, aNotification, aReadiness } from '../sim/builders.ts'
import { exitsWith, ignoresTerm } from '../sim/habit.ts'
import { aTree, type Actor, type Tree } from '../sim/tree.ts'

/** What a process is said to be: its status, and why. */
function say(tree: Tree, name: string): string {
  return `${tree.status(name)}: ${explainState(tree.process(name), tree.now)}`
}

/** The causes, oldest first. */
function chain(tree: Tree, name: string): string[] {
  return chainOf(tree.process(name).state.reason).map(explain)
}

interface Scene {
  readonly rule: string
  readonly actors: Record<string, Actor>
  readonly reach?: (tree: Tree) => Promise<void>
  readonly sentence: string
}

const after = (span: number) => (tree: Tree) => tree.passes(span)
const stubborn = { program: ignoresTerm, stop: { timeout: 2000 } } as const
const task = { oneshot: true, autostart: false } as const

const scenes: readonly Scene[] = [
  { rule: 'TR2', actors: { web: { autostart: false } }, sentence: 'stopped: runs only when it is called for' },
  {
    rule: 'TR2',
    actors: { db: { ready: aReadiness(), program: { readyAfter: 'never' } }, web: { edges: [anEdge('db')] } },
    reach: after(10),
    sentence: '',
  },
  {
    rule: 'TR2',
    actors: { load: { oneshot: true }, web: { edges: [anEdge('load', { condition: 'completed_successfully' })] } },
    sentence: '',
  },
  { rule: 'TR7', actors: { web: { edges: [anEdge('nobody')] } }, sentence: '' },
  {
    rule: 'TR7',
    actors: { db: { restart: 'no', program: exitsWith(4) }, web: { edges: [anEdge('db', { condition: 'completed_successfully' })] } },
    reach: after(0),
    sentence: '',
  },
  {
    rule: 'TR4',
    actors: { db: { program: exitsWith(1, { after: 100 }) }, web: { parent: 'db', ...stubborn } },
    reach: after(300),
    sentence: '',
  },
  {
    rule: 'TR4',
    actors: { web: { program: exitsWith(1, { after: 100 }) }, job: { parent: 'web', ...stubborn } },
    reach: after(300),
    sentence: '',
  },
  { rule: 'RD2', actors: { web: {} }, sentence: '' },
  {
    rule: 'RD3',
    actors: { web: { ready: aReadiness(), program: { readyAfter: 'never' } } },
    reach: after(5000),
    sentence: '',
  },
  { rule: 'RD3', actors: { web: { ready: aNotification() } }, reach: after(0), sentence: '' },
  {
    rule: 'RD5',
    actors: { web: { ready: aReadiness(), startTimeout: 5000, restart: 'no', program: { readyAfter: 'never' } } },
    reach: after(5005),
    sentence: '',
  },
  {
    rule: 'RD6',
    actors: { web: { ready: aReadiness({ period: 1000 }), program: { unready: [[500, 9e9]] } } },
    reach: after(2000),
    sentence: '',
  },
  {
    rule: 'RD7',
    actors: {
      web: {
        monitors: [aMonitor({ name: 'http', period: 1000, check: { tag: 'retries', retries: 1, of: aCheck('health') } })],
        program: { sick: [[0, 9e9]] },
      },
    },
    reach: after(2100),
    sentence: '',
  },
  {
    rule: 'RD1',
    actors: { seed: { ...task, program: exitsWith(1, { after: 100 }) }, web: { prerun: ['seed'] } },
    reach: after(50),
    sentence: '',
  },
  {
    rule: 'RD1',
    actors: { seed: { ...task, program: exitsWith(1, { after: 100 }) }, web: { prerun: ['seed'] } },
    reach: after(100),
    sentence: '',
  },
  { rule: 'RS2', actors: { web: { restart: 'no', program: exitsWith(0, { after: 1500 }) } }, reach: after(1500), sentence: '' },
  { rule: 'RS2', actors: { web: { restart: 'no', program: exitsWith(2, { after: 1500 }) } }, reach: after(1500), sentence: '' },
  { rule: 'RS3', actors: { web: { program: exitsWith(2) } }, reach: after(350), sentence: '' },
  { rule: 'RS5', actors: { web: { startLimit: { burst: 3, interval: 10_000 }, program: exitsWith(2) } }, reach: after(1000), sentence: '' },
  { rule: 'RS6', actors: { web: { program: { spawnFails: 'EACCES' } } }, reach: after(4000), sentence: '' },
  {
    rule: 'ST3',
    actors: { web: stubborn },
    reach: async (tree) => {
      await tree.stop('web')
      await tree.passes(500)
    },
    sentence: '',
  },
  {
    rule: 'ST4',
    actors: { web: stubborn },
    reach: async (tree) => {
      await tree.stop('web')
      await tree.passes(2000)
    },
    sentence: '',
  },
  {
    rule: 'ST5',
    actors: { web: { stop: { mode: 'process' }, program: { children: [{}] } } },
    reach: async (tree) => {
      await tree.stop('web')
      await tree.passes(5)
    },
    sentence: '',
  },
  {
    rule: 'ST6',
    actors: { web: { program: { ...ignoresTerm, diesAfter: 60_000 } } },
    reach: async (tree) => {
      await tree.stop('web', { force: true })
      await tree.passes(2000)
    },
    sentence: '',
  },
  {
    rule: 'RN4',
    actors: { web: stubborn },
    reach: (tree) => tree.signal('SIGTERM'),
    sentence: '',
  },
  {
    rule: 'RN8',
    actors: { main: { significant: true, program: exitsWith(3, { after: 100 }) }, web: stubborn },
    reach: after(200),
    sentence: '',
  },
  {
    rule: 'SP3',
    actors: { backup: { ...task, trigger: { signal: 'SIGHUP', shutdown: true } }, web: {} },
    reach: async (tree) => {
      await tree.signal('SIGHUP')
      await tree.passes(10)
    },
    sentence: '',
  },
]

scenes.forEach(({ rule, actors, reach, sentence }) => {
  test(`[${rule}] ${sentence}`, async () => {
    await using tree = await aTree(actors)
    await reach?.(tree)
    console.log(say(tree, tree.process('web').spec.name))
    console.log('   ', chain(tree, 'web').join(' → '))
  })
})
