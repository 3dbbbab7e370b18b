import { expect, test } from 'bun:test'
import { chainOf, explain, explainState } from '../../src/core/explain.ts'
import { aCheck, aMonitor, anEdge, aNotification, aReadiness } from '../sim/builders.ts'
import { exitsWith, ignoresTerm } from '../sim/habit.ts'
import { aTree, type Actor, type Tree } from '../sim/tree.ts'

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
    sentence: 'queued: waits until db is ready (not ready: not yet)',
  },
  {
    rule: 'TR2',
    actors: { load: { oneshot: true }, web: { edges: [anEdge('load', { condition: 'completed_successfully' })] } },
    sentence: 'queued: waits until load has succeeded (still running)',
  },
  {
    rule: 'TR7',
    actors: { web: { edges: [anEdge('nobody')] } },
    sentence: 'blocked: cannot start: nobody will not be ready (there is no such process)',
  },
  {
    rule: 'TR7',
    actors: {
      db: { restart: 'no', program: exitsWith(4) },
      web: { edges: [anEdge('db', { condition: 'completed_successfully' })] },
    },
    reach: after(0),
    sentence: 'blocked: cannot start: db will not be successful (failed), since not restarted (restart: no)',
  },
  {
    rule: 'TR4',
    actors: { db: { program: exitsWith(1, { after: 100 }) }, web: { parent: 'db', ...stubborn } },
    reach: after(300),
    sentence: 'restarting: going down (db, which it depends on, went down): signalled 200ms ago, SIGKILL in 1.8s',
  },
  {
    rule: 'TR4',
    actors: { web: { program: exitsWith(1, { after: 100 }) }, job: { parent: 'web', ...stubborn } },
    reach: after(300),
    sentence: 'queued: waits until job is gone, since restarts after 100ms',
  },
  { rule: 'RD2', actors: { web: {} }, sentence: 'running: started' },
  {
    rule: 'RD3',
    actors: { web: { ready: aReadiness(), program: { readyAfter: 'never' } } },
    reach: after(5000),
    sentence: 'init: not ready yet: not yet; start timeout in 55s',
  },
  { rule: 'RD3', actors: { web: { ready: aNotification() } }, reach: after(0), sentence: 'running: ready: it said so' },
  {
    rule: 'RD5',
    actors: { web: { ready: aReadiness(), startTimeout: 5000, restart: 'no', program: { readyAfter: 'never' } } },
    reach: after(5005),
    sentence: 'failed: not restarted (restart: no), since not ready within 5s: not yet',
  },
  {
    rule: 'RD6',
    actors: { web: { ready: aReadiness({ period: 1000 }), program: { unready: [[500, 9e9]] } } },
    reach: after(2000),
    sentence: 'running: no longer ready: not yet',
  },
  {
    rule: 'RD7',
    actors: {
      web: {
        monitors: [
          aMonitor({ name: 'http', period: 1000, check: { tag: 'retries', retries: 1, of: aCheck('health') } }),
        ],
        program: { sick: [[0, 9e9]] },
      },
    },
    reach: after(2100),
    sentence:
      'restarting: restarts after 100ms, since web failed its check http: it is sick, 2 times in a row; next try in 7ms',
  },
  {
    rule: 'RD1',
    actors: { seed: { ...task, program: exitsWith(1, { after: 100 }) }, web: { prerun: ['seed'] } },
    reach: after(50),
    sentence: 'init: its prerun seed runs, since asked to test',
  },
  {
    rule: 'RD1',
    actors: { seed: { ...task, program: exitsWith(1, { after: 100 }) }, web: { prerun: ['seed'] } },
    reach: after(100),
    sentence: 'restarting: restarts after 100ms, since its prerun seed failed; next try in 100ms',
  },
  {
    rule: 'RS2',
    actors: { web: { restart: 'no', program: exitsWith(0, { after: 1500 }) } },
    reach: after(1500),
    sentence: 'completed: web exited with code 0 after 1.5s',
  },
  {
    rule: 'RS2',
    actors: { web: { restart: 'no', program: exitsWith(2, { after: 1500 }) } },
    reach: after(1500),
    sentence: 'failed: not restarted (restart: no), since web exited with code 2 after 1.5s',
  },
  {
    rule: 'RS3',
    actors: { web: { program: exitsWith(2) } },
    reach: after(350),
    sentence:
      'restarting: restarts after 400ms (short life number 3), since web exited with code 2 after 0ms; next try in 350ms',
  },
  {
    rule: 'RS5',
    actors: { web: { startLimit: { burst: 3, interval: 10_000 }, program: exitsWith(2) } },
    reach: after(1000),
    sentence: 'failed: start limit: 3 starts within 10s, since web exited with code 2 after 0ms',
  },
  {
    rule: 'RS6',
    actors: { web: { program: { spawnFails: 'EACCES' } } },
    reach: after(4000),
    sentence: 'failed: could not be started: EACCES: /bin/web; next try in 6s',
  },
  {
    rule: 'ST3',
    actors: { web: stubborn },
    reach: async (tree) => {
      await tree.stop('web')
      await tree.passes(500)
    },
    sentence: 'running: going down (asked to test): signalled 500ms ago, SIGKILL in 1.5s',
  },
  {
    rule: 'ST4',
    actors: { web: stubborn },
    reach: async (tree) => {
      await tree.stop('web')
      await tree.passes(2000)
    },
    sentence: 'stopped: asked to test; killed after 2s: 100 (/bin/web)',
  },
  {
    rule: 'ST5',
    actors: { web: { stop: { mode: 'process' }, program: { children: [{}] } } },
    reach: async (tree) => {
      await tree.stop('web')
      await tree.passes(5)
    },
    sentence: 'stopped: asked to test; 1 of its descendants left running (kill_mode: process)',
  },
  {
    rule: 'ST6',
    actors: { web: { program: { ...ignoresTerm, diesAfter: 60_000 } } },
    reach: async (tree) => {
      await tree.stop('web', { force: true })
      await tree.passes(2000)
    },
    sentence: 'stuck: survived SIGKILL, since asked to test',
  },
  {
    rule: 'RN4',
    actors: { web: stubborn },
    reach: (tree) => tree.signal('SIGTERM'),
    sentence: 'running: going down (everything ends: SIGTERM): signalled 0ms ago, SIGKILL in 2s',
  },
  {
    rule: 'SP3',
    actors: { backup: { ...task, trigger: { signal: 'SIGHUP', shutdown: true } }, web: {} },
    reach: async (tree) => {
      await tree.signal('SIGHUP')
      await tree.passes(10)
    },
    sentence: 'queued: everything is down while backup runs (SIGHUP)',
  },
]

for (const { rule, actors, reach, sentence } of scenes) {
  test(`[${rule}] ${sentence}`, async () => {
    await using tree = await aTree(actors)
    await reach?.(tree)
    const process = tree.process('web')
    expect(`${tree.status('web')}: ${explainState(process, tree.now)}`).toBe(sentence)
  })
}

test('[TR5] the chain of causes leads from the root cause, across processes, to the present', async () => {
  await using tree = await aTree({
    db: { program: [exitsWith(9, { after: 100 }), { readyAfter: 'never' }], ready: aReadiness({ slowest: 50 }) },
    web: { parent: 'db', program: { obeysAfter: 500 } },
  })
  await tree.passes(150)
  expect(chain(tree, 'web')).toEqual([
    'db exited with code 9 after 100ms',
    'restarts after 100ms',
    'db, which it depends on, went down',
  ])
  await tree.passes(1000)
  expect(chain(tree, 'web').at(-1)).toBe('waits until db is ready (not ready: not yet)')
})

test('[RS5] the chain of causes has a time for each link, in order', async () => {
  await using tree = await aTree({
    db: { startLimit: { burst: 2, interval: 60_000 }, program: exitsWith(1, { after: 1000 }) },
    web: { edges: [anEdge('db', { onExit: 'restart' })] },
  })
  await tree.passes(10_000)
  const links = chainOf(tree.process('web').state.reason)
  expect(links.map((link) => `${link.at} ${explain(link)}`)).toEqual([
    '2100 db exited with code 1 after 1s',
    '2100 start limit: 2 starts within 1m',
    '2105 cannot start: db will not be ready (failed)',
  ])
})

test('[RN8] what a significant process takes down says which one it was, and how it ended', async () => {
  const main = { significant: true, program: exitsWith(3, { after: 100 }) }
  await using tree = await aTree({ main, web: stubborn })
  await tree.passes(200)
  expect(explainState(tree.process('web'), tree.now)).toBe(
    'going down (everything ends: main, which is significant, exited with code 3): signalled 100ms ago, SIGKILL in 1.9s',
  )
})

test('[RN8] [TR6] nothing is shown as restarting that goes down for good', async () => {
  const program = ignoresTerm
  const main = { significant: true, program: exitsWith(3, { after: 100 }) }
  await using ending = await aTree({ main, web: { program } })
  await ending.passes(200)
  expect(ending.status('web')).toBe('running')
  await using tree = await aTree({ db: main, web: { edges: [anEdge('db', { onExit: 'stop' })], program } })
  await tree.passes(200)
  expect(tree.status('web')).toBe('running')
})
