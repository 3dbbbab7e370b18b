import { describe, expect, test } from 'bun:test'
import type { ProcessEvent } from '../../src/core/events.ts'
import { step } from '../../src/core/step.ts'
import { named, type World } from '../../src/core/world.ts'
import { aMonitor, anEdge, aNotification, aReadiness, aWorld } from '../sim/builders.ts'
import { exitsWith } from '../sim/habit.ts'
import { aTree, type Actor, type Tree } from '../sim/tree.ts'
import { crimesIn, signalsTo, startsOf } from './news.ts'

const by = { verb: 'test', user: null }

describe('two runs of one process', () => {
  test('[TR1] a slow stop delays the next start to the millisecond, by whatever verbs it was asked for', async () => {
    await using tree = await aTree({ web: { program: [{ obeysAfter: 7000 }, {}] } })
    await tree.stop('web')
    await tree.start('web')
    await tree.restart('web')
    await tree.passes(6999)
    expect(startsOf(tree, 'web')).toEqual([0])
    await tree.passes(1)
    expect(startsOf(tree, 'web')).toEqual([0, 7000])
    expect(crimesIn(tree)).toEqual([])
  })

  test('[TR1] a descendant that outlives its main process delays the next start as well', async () => {
    await using tree = await aTree({ web: { program: [{ children: [{ obeysAfter: 4000, escaped: true }] }, {}] } })
    await tree.restart('web')
    await tree.passes(60_000)
    // It has left the group: it hears of the stop only when its main process is gone, after 5 ms.
    expect(startsOf(tree, 'web')).toEqual([0, 4005])
    expect(crimesIn(tree)).toEqual([])
  })
})

describe('the conditions of a start', () => {
  test('[TR2] started is met by the execve and not by the attempt at one', async () => {
    await using tree = await aTree({
      db: { program: [{ spawnFails: 'ENOENT' }, {}], ready: aReadiness() },
      web: { edges: [anEdge('db', { condition: 'started' })] },
    })
    expect(tree.status('web')).toBe('queued')
    await tree.passes(10_000)
    expect([...startsOf(tree, 'db'), ...startsOf(tree, 'web')]).toEqual([10_000, 10_000])
  })

  test('[TR2] ready is met at the instant at which the readiness check passes', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ slowest: 50 }), program: { readyAfter: 300, answersAfter: 0 } },
      web: { edges: [anEdge('db')] },
    })
    await tree.passes(10_000)
    expect(startsOf(tree, 'web')).toEqual([300])
  })

  test('[TR2] ready of a oneshot is met when it has completed successfully, and not by a failure', async () => {
    await using tree = await aTree({
      load: {
        oneshot: true,
        restart: 'on-failure',
        program: [exitsWith(1, { after: 50 }), exitsWith(0, { after: 50 })],
      },
      web: { edges: [anEdge('load')] },
    })
    await tree.passes(10_000)
    expect([startsOf(tree, 'load'), startsOf(tree, 'web')]).toEqual([[0, 150], [200]])
  })

  test('[TR2] completed is not met by an end after which it is restarted', async () => {
    await using tree = await aTree({
      load: { restart: 'on-failure', program: [exitsWith(1, { after: 50 }), exitsWith(0, { after: 50 })] },
      web: { edges: [anEdge('load', { condition: 'completed' })] },
    })
    await tree.passes(10_000)
    expect([startsOf(tree, 'load'), startsOf(tree, 'web')]).toEqual([[0, 150], [200]])
  })

  test('[TR2] completed is not met by a failed spawn that is tried again, though an earlier run has ended', async () => {
    await using tree = await aTree({
      load: { restart: 'on-failure', program: [exitsWith(1, { after: 50 }), { spawnFails: 'ETXTBSY' }, exitsWith(0)] },
      web: { edges: [anEdge('load', { condition: 'completed' })] },
    })
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ load: 'failed', web: 'queued' })
    await tree.passes(60_000)
    expect([startsOf(tree, 'load'), startsOf(tree, 'web')]).toEqual([[0, 10_150], [10_150]])
  })

  test('[TR2] completed is met by a failure, completed_successfully is not', async () => {
    await using tree = await aTree({
      load: { restart: 'no', program: exitsWith(3, { after: 50 }) },
      web: { edges: [anEdge('load', { condition: 'completed' })] },
      api: { edges: [anEdge('load', { condition: 'completed_successfully' })] },
    })
    await tree.passes(50)
    expect(tree.statuses()).toEqual({ load: 'failed', web: 'running', api: 'blocked' })
  })

  test('[TR2] every condition must be met at the same time', async () => {
    await using tree = await aTree({
      db: { program: exitsWith(1, { after: 100 }), delay: slow(5000) },
      load: { oneshot: true, program: exitsWith(0, { after: 200 }) },
      web: { edges: [anEdge('db'), anEdge('load')] },
    })
    await tree.passes(5099)
    expect(startsOf(tree, 'web')).toEqual([])
    await tree.passes(1)
    expect(startsOf(tree, 'web')).toEqual([5100])
  })
})

describe('a parent', () => {
  test('[TR3] its children start only when its present run is ready, not because one before was', async () => {
    await using tree = await aTree({
      db: {
        ready: aReadiness({ slowest: 50 }),
        program: [
          { ...exitsWith(1, { after: 1000 }), answersAfter: 0 },
          { readyAfter: 400, answersAfter: 0 },
        ],
      },
      web: { parent: 'db' },
    })
    await tree.passes(10_000)
    expect(startsOf(tree, 'db')).toEqual([0, 1100])
    expect(startsOf(tree, 'web')).toEqual([0, 1500])
  })

  test('[TR3] an edge with on_exit: restart is a parent under another name', async () => {
    await using tree = await aTree({
      db: { program: [exitsWith(1, { after: 1000 }), {}] },
      web: { edges: [anEdge('db', { onExit: 'restart' })] },
      api: { parent: 'db' },
    })
    await tree.passes(5000)
    expect(startsOf(tree, 'web')).toEqual([0, 1100])
    expect(startsOf(tree, 'api')).toEqual([0, 1100])
  })

  const reasonsToGoDown: Record<string, { db: Actor; does?: (tree: Tree) => Promise<void> }> = {
    'it is stopped': { db: {}, does: (tree) => tree.stop('db') },
    'it is restarted': { db: {}, does: (tree) => tree.restart('db') },
    'everything ends': { db: {}, does: (tree) => tree.signal('SIGTERM') },
    'its monitor fails': {
      db: { monitors: [aMonitor({ period: 1000 })], program: { sick: [[1000, 9e9]], answersAfter: 0 } },
    },
    'its watchdog is silent': { db: { ready: aNotification({ watchdog: 1000 }), program: { silentFrom: 0 } } },
    'its own parent falls': { db: { parent: 'root' } },
  }
  for (const [reason, { db, does }] of Object.entries(reasonsToGoDown)) {
    test(`[TR4] its children are gone before it gets its stop signal when ${reason}`, async () => {
      await using tree = await aTree({
        root: { program: db.parent === 'root' ? [exitsWith(1, { after: 1000 }), {}] : {} },
        db,
        web: { parent: 'db', program: { obeysAfter: 70 } },
      })
      await tree.passes(1000)
      await does?.(tree)
      await tree.passes(100)
      expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM'])
      expect(signalsTo(tree, 'db')).toEqual(['1070 gets SIGTERM'])
    })
  }

  test('[TR4] its subtree goes down deepest first, siblings in parallel', async () => {
    await using tree = await aTree({
      a: { program: { obeysAfter: 10 } },
      b1: { parent: 'a', program: { obeysAfter: 50 } },
      b2: { parent: 'a', program: { obeysAfter: 400 } },
      c1: { parent: 'b1', program: { obeysAfter: 100 } },
      c2: { parent: 'b1', program: { obeysAfter: 200 } },
      d: { parent: 'b2', program: { obeysAfter: 20 } },
    })
    await tree.stop('a')
    await tree.passes(1000)
    const asked = ['a', 'b1', 'b2', 'c1', 'c2', 'd'].map((name) => signalsTo(tree, name).join())
    expect(asked).toEqual([
      '420 gets SIGTERM',
      '200 gets SIGTERM',
      '20 gets SIGTERM',
      '0 gets SIGTERM',
      '0 gets SIGTERM',
      '0 gets SIGTERM',
    ])
    expect(Object.values(tree.statuses())).toEqual(['stopped', 'blocked', 'blocked', 'blocked', 'blocked', 'blocked'])
  })

  test('[TR4] one that fell is not started again before its subtree is gone', async () => {
    await using tree = await aTree({
      db: { program: [exitsWith(1, { after: 1000 }), {}] },
      web: { parent: 'db', program: { obeysAfter: 3000 } },
      job: { parent: 'web', program: { obeysAfter: 2000 } },
    })
    await tree.passes(20_000)
    expect(signalsTo(tree, 'web')).toEqual(['3000 gets SIGTERM'])
    expect([startsOf(tree, 'db'), startsOf(tree, 'web'), startsOf(tree, 'job')]).toEqual([
      [0, 6000],
      [0, 6000],
      [0, 6000],
    ])
  })

  test('[TR5] what went down with it comes back without a delay of its own, however short its lives were', async () => {
    await using tree = await aTree({
      db: { program: [exitsWith(1, { after: 2000 }), {}] },
      web: { parent: 'db', program: [exitsWith(1), exitsWith(1), exitsWith(1), {}] },
    })
    await tree.passes(20_000)
    expect(startsOf(tree, 'db')).toEqual([0, 2100])
    expect(startsOf(tree, 'web')).toEqual([0, 100, 300, 700, 2100])
  })

  test('[TR5] a child that was stopped on purpose does not come back with it', async () => {
    await using tree = await aTree({ db: {}, web: { parent: 'db' } })
    await tree.stop('web')
    await tree.restart('db')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'stopped' })
  })

  test('[TR5] what is outside the subtree keeps its pid', async () => {
    await using tree = await aTree({
      top: {},
      db: { parent: 'top', program: [exitsWith(1, { after: 1000 }), {}] },
      web: { parent: 'db' },
      uncle: { parent: 'top' },
      stranger: {},
      friend: { edges: [anEdge('db')] },
    })
    const outside = ['top', 'uncle', 'stranger', 'friend']
    const pids = outside.map((name) => tree.pid(name))
    await tree.passes(5000)
    expect(outside.map((name) => tree.pid(name))).toEqual(pids)
    expect(startsOf(tree, 'web')).toEqual([0, 1100])
  })
})

describe('a dependency that goes down later', () => {
  test('[TR6] does nothing to its dependents, whether it falls or is stopped', async () => {
    await using tree = await aTree({
      db: { program: [exitsWith(1, { after: 1000 }), {}] },
      web: { edges: [anEdge('db')] },
    })
    await tree.passes(5000)
    await tree.stop('db')
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ db: 'stopped', web: 'running' })
    expect([startsOf(tree, 'web'), signalsTo(tree, 'web')]).toEqual([[0], []])
  })

  test('[TR6] with on_exit: stop takes them down and leaves them down, also when it has come back', async () => {
    await using tree = await aTree({
      db: { program: [exitsWith(1, { after: 1000 }), {}] },
      web: { edges: [anEdge('db', { onExit: 'stop' })] },
    })
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'stopped' })
    expect([signalsTo(tree, 'web'), startsOf(tree, 'web')]).toEqual([['1000 gets SIGTERM'], [0]])
    await tree.start('web')
    expect(tree.status('web')).toBe('running')
  })
})

describe('a condition that nothing but an operator can make true', () => {
  test('[TR7] blocks its dependents with the reason, and they start by themselves when it comes true', async () => {
    await using tree = await aTree({
      db: { restart: 'no', program: [exitsWith(4, { after: 100 }), { readyAfter: 0 }] },
      web: { edges: [anEdge('db', { condition: 'ready' })], autostart: false },
      api: { edges: [anEdge('web')] },
    })
    await tree.passes(100)
    await tree.start('web')
    expect(tree.statuses()).toEqual({ db: 'failed', web: 'blocked', api: 'blocked' })
    expect(tree.why('web')).toEqual(['never-satisfied', 'not-restarted', 'exited'])
    expect(tree.why('api').slice(0, 2)).toEqual(['never-satisfied', 'never-satisfied'])
    await tree.start('db')
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running', api: 'running' })
  })

  test('[TR7] is a stop by hand, and the end of one that is not restarted', async () => {
    await using tree = await aTree({
      db: { autostart: false },
      load: { restart: 'no', program: exitsWith(0) },
      web: { edges: [anEdge('db')] },
      api: { edges: [anEdge('load')], autostart: false },
      cli: { edges: [anEdge('nobody')] },
    })
    await tree.passes(0)
    await tree.start('api')
    expect([tree.status('web'), tree.status('api'), tree.status('cli')]).toEqual(['blocked', 'blocked', 'blocked'])
  })

  test('[TR7] is none that time may still make true: a delay, a retry of a spawn, a slow readiness', async () => {
    await using tree = await aTree({
      crashing: { program: exitsWith(1), delay: slow(5000) },
      missing: { program: { spawnFails: 'ENOENT' } },
      slow: { ready: aReadiness(), program: { readyAfter: 'never' } },
      a: { edges: [anEdge('crashing', { condition: 'completed' })] },
      b: { edges: [anEdge('missing')] },
      c: { edges: [anEdge('slow')] },
    })
    await tree.passes(1000)
    expect([tree.status('a'), tree.status('b'), tree.status('c')]).toEqual(['queued', 'queued', 'queued'])
  })
})

describe('news of an earlier run', () => {
  const news: Record<string, ProcessEvent> = {
    'an exit': { tag: 'exited', run: 1, exit: { tag: 'code', code: 1 }, left: 0 },
    'the end of what it left': { tag: 'gone', run: 1, killed: [] },
    'a notification': { tag: 'notified', run: 1, message: { tag: 'ready' } },
    'a status text': { tag: 'notified', run: 1, message: { tag: 'status', text: 'late' } },
    'a verdict': {
      tag: 'probed',
      run: 1,
      token: { process: 1, run: 1, slot: 'ready', attempt: 1 },
      verdicts: [{ ok: true, detail: 'ok' }],
    },
    'a spawn': { tag: 'spawned', run: 1, pid: 4711, startTime: 0 },
    'a failed spawn': { tag: 'spawn-failed', run: 1, code: 'ENOENT', text: 'late' },
  }
  for (const [what, event] of Object.entries(news)) {
    test(`[TR8] ${what} changes nothing, whether its next run starts, waits to be ready or runs`, async () => {
      for (const ready of [null, aNotification(), aReadiness()]) {
        await using tree = await aTree({ web: { ready, program: [{}, { readyAfter: 'never' }] } })
        await tree.passes(1)
        await tree.restart('web')
        await tree.passes(6)
        const before = tree.process('web')
        expect(before.runs).toBe(2)
        await tree.command('web', event)
        expect(tree.process('web')).toEqual(before)
      }
    })
  }

  test('[TR8] an exit of the next run is none of this one either', async () => {
    await using tree = await aTree({ web: {} })
    await tree.command('web', { tag: 'exited', run: 2, exit: { tag: 'code', code: 1 }, left: 0 })
    expect(tree.status('web')).toBe('running')
  })
})

/** A process `web` in each state, and how it gets there. */
interface Scene {
  readonly actors: Record<string, Actor>
  readonly reach?: (tree: Tree) => Promise<void>
  /** Nothing stands in the way of a start: the first of many restarts has a run to show for it, which the next replaces. */
  readonly isDown?: true
}

const scenes: Record<string, Scene> = {
  stopped: { isDown: true, actors: { web: { autostart: false } } },
  waiting: {
    actors: { db: { ready: aReadiness(), program: { readyAfter: 5000 } }, web: { edges: [anEdge('db')] } },
  },
  preparing: {
    actors: {
      seed: { oneshot: true, autostart: false, program: exitsWith(0, { after: 5000 }) },
      web: { prerun: ['seed'] },
    },
  },
  starting: { actors: { web: { ready: aReadiness(), program: { readyAfter: 5000 } } } },
  running: { actors: { web: {} } },
  stopping: { actors: { web: { program: [{ obeysAfter: 5000 }, {}] } }, reach: (tree) => tree.stop('web') },
  'stopping for its monitor': {
    actors: {
      web: {
        restart: 'no',
        monitors: [aMonitor({ period: 1000 })],
        program: [{ sick: [[0, 9e9]], obeysAfter: 5000 }, {}],
      },
    },
    reach: (tree) => tree.passes(1500),
  },
  'stopping for its start timeout': {
    actors: {
      web: {
        restart: 'no',
        ready: aReadiness(),
        startTimeout: 1000,
        program: [{ readyAfter: 'never', obeysAfter: 5000 }, {}],
      },
    },
    reach: (tree) => tree.passes(1500),
  },
  'stopping for what it left behind': {
    actors: { web: { restart: 'no', program: [{ ...exitsWith(0), children: [{ obeysAfter: 5000 }] }, {}] } },
    reach: (tree) => tree.passes(0),
  },
  'stopping for its parent': {
    actors: {
      db: { program: [exitsWith(1, { after: 1000 }), {}] },
      web: { parent: 'db', program: [{ obeysAfter: 5000 }, {}] },
    },
    reach: (tree) => tree.passes(1500),
  },
  delayed: {
    isDown: true,
    actors: { web: { program: [exitsWith(1), {}], delay: slow(5000) } },
    reach: (tree) => tree.passes(0),
  },
  failed: {
    isDown: true,
    actors: { web: { restart: 'no', program: [exitsWith(1), {}] } },
    reach: (tree) => tree.passes(0),
  },
  'failed until it is tried again': { isDown: true, actors: { web: { program: [{ spawnFails: 'ENOENT' }, {}] } } },
  completed: {
    isDown: true,
    actors: { web: { restart: 'no', program: [exitsWith(0), {}] } },
    reach: (tree) => tree.passes(0),
  },
  stuck: {
    actors: { web: { stop: { timeout: 1000 }, program: [{ obeysAfter: 'never', diesAfter: 20_000 }, {}] } },
    reach: async (tree) => {
      await tree.restart('web')
      await tree.passes(3000)
    },
  },
}

async function inScene(scene: string): Promise<Tree> {
  const { actors, reach } = scenes[scene]!
  const tree = await aTree(actors)
  await reach?.(tree)
  expect(tree.process('web').state.tag).toBe(scene.split(' ')[0] as never)
  return tree
}

describe('the last intent wins', () => {
  for (const scene of Object.keys(scenes)) {
    test(`[TR9] a stop of what is ${scene} leaves it down for good`, async () => {
      await using tree = await inScene(scene)
      await tree.start('web')
      await tree.stop('web')
      const started = startsOf(tree, 'web').length
      await tree.passes(60_000)
      expect(tree.status('web')).toBe('stopped')
      expect(startsOf(tree, 'web')).toHaveLength(started)
      expect(tree.simulation.host.living()).not.toContain('web')
      expect(tree.process('web').restarts).toBe(0)
    })

    test(`[TR9] a start of what is ${scene} brings it up`, async () => {
      await using tree = await inScene(scene)
      await tree.stop('web')
      await tree.start('web')
      await tree.passes(60_000)
      expect([tree.status('web'), tree.isReady('web'), crimesIn(tree)]).toEqual(['running', true, []])
    })

    test(`[TR9] twenty restarts of what is ${scene} end in one live run`, async () => {
      await using tree = await inScene(scene)
      await tree.stop('web')
      const before = startsOf(tree, 'web').length
      const replaced = scenes[scene]?.isDown === true ? 1 : 0
      await Promise.all(Array.from({ length: 20 }, () => tree.restart('web')))
      await tree.passes(60_000)
      expect([tree.status('web'), tree.isReady('web'), crimesIn(tree)]).toEqual(['running', true, []])
      expect(startsOf(tree, 'web').length - before).toBe(1 + replaced)
      expect(tree.process('web').restarts).toBe(20)
    })
  }

  test('[TR9] a start during a delay starts at once, and a restart too', async () => {
    for (const verb of ['start', 'restart'] as const) {
      await using tree = await inScene('delayed')
      await tree.passes(1000)
      await tree[verb]('web')
      expect(startsOf(tree, 'web')).toEqual([0, 1000])
      await tree.passes(60_000)
      expect(startsOf(tree, 'web')).toHaveLength(2)
    }
  })

  test('[TR9] a stop during its preruns calls them off, and nothing of it is ever spawned', async () => {
    await using tree = await inScene('preparing')
    await tree.stop('web')
    expect(signalsTo(tree, 'seed')).toEqual(['0 gets SIGTERM'])
    await tree.passes(60_000)
    expect(startsOf(tree, 'web')).toEqual([])
    expect(tree.simulation.host.living()).toEqual([])
  })

  test('[TR9] one start is enough for what goes down for a reason of its own and would not be restarted', async () => {
    for (const scene of Object.keys(scenes).filter((name) => name.startsWith('stopping for'))) {
      for (const verb of ['start', 'restart'] as const) {
        await using tree = await inScene(scene)
        await tree[verb]('web')
        await tree.passes(60_000)
        expect([scene, tree.status('web'), startsOf(tree, 'web').length]).toEqual([scene, 'running', 2])
      }
    }
  })

  test('[TR9] one stop is enough for what goes down for a reason of its own and would be restarted', async () => {
    for (const restart of ['always', 'on-failure'] as const) {
      await using tree = await aTree({
        web: { restart, monitors: [aMonitor({ period: 1000 })], program: { sick: [[0, 9e9]], obeysAfter: 5000 } },
      })
      await tree.passes(1500)
      await tree.stop('web')
      await tree.passes(60_000)
      expect([tree.status('web'), tree.why('web')[0], startsOf(tree, 'web')]).toEqual(['stopped', 'asked', [0]])
    }
  })

  test('[TR9] a stop that comes while it is being spawned is obeyed once it is', () => {
    const world = spawning()
    const [asked] = told(world, { tag: 'stop', by, force: false })
    expect(named(asked, 'web')?.state.tag).toBe('spawning')
    const [after, effects] = told(asked, { tag: 'spawned', run: 1, pid: 100, startTime: 0 })
    expect(named(after, 'web')?.state.tag).toBe('stopping')
    expect(effects).toContainEqual({ tag: 'signal', ref: { process: 1, run: 1 }, signal: 'SIGTERM', scope: 'group' })
  })

  test('[TR9] a stop and then a start while it is being spawned leave that spawn be', () => {
    const [stopped] = told(spawning(), { tag: 'stop', by, force: false })
    const [started] = told(stopped, { tag: 'start', by })
    const [after, effects] = told(started, { tag: 'spawned', run: 1, pid: 100, startTime: 0 })
    expect(named(after, 'web')?.state.tag).toBe('running')
    expect(effects).toEqual([])
  })

  test('[TR9] a start while a stop for its parent is under way does not bring it back before the parent', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ slowest: 50 }), program: [{}, { readyAfter: 500, answersAfter: 0 }] },
      web: { parent: 'db', program: { obeysAfter: 100 } },
    })
    await tree.passes(1000)
    await tree.restart('db')
    await tree.start('web')
    await tree.passes(10_000)
    expect(startsOf(tree, 'db')).toEqual([0, 1105])
    expect(startsOf(tree, 'web')[1]).toBe(1605)
  })
})

describe('the clock', () => {
  test('time in which nobody looked is late, not lost: each thing that was due happens once', async () => {
    await using tree = await aTree({
      web: { monitors: [aMonitor({ period: 1000 })] },
      crashing: { program: [exitsWith(1), {}], delay: slow(5000) },
    })
    await tree.passes(10)
    tree.simulation.clock.skipTo(3_600_000)
    await tree.passes(1000)
    expect(startsOf(tree, 'crashing')).toEqual([0, 3_600_000])
    expect(startsOf(tree, 'web')).toEqual([0])
    expect(signalsTo(tree, 'web')).toEqual([])
  })

  test('a clock that is set back changes nothing: the core takes the latest time it was told', () => {
    const [world] = step(spawning(5000), { at: 5000, dice: 0.5, event: spawned })
    const [died] = step(world, { at: 1000, dice: 0.5, event: exited })
    const state = named(died, 'web')?.state
    expect(died.now).toBe(5000)
    expect(state).toMatchObject({ tag: 'delayed', until: 5100 })
  })
})

const spawned = { tag: 'process', process: 1, event: { tag: 'spawned', run: 1, pid: 100, startTime: 0 } } as const
const exited = {
  tag: 'process',
  process: 1,
  event: { tag: 'exited', run: 1, exit: { tag: 'code', code: 1 }, left: 0 },
} as const

/** A world whose process `web` is just being spawned: under the engine nobody gets a word in then. */
function spawning(at = 0): World {
  const [world] = step(aWorld({ web: {} }), { at, dice: 0.5, event: { tag: 'begin', by } })
  expect(named(world, 'web')?.state.tag).toBe('spawning')
  return world
}

function told(world: World, event: ProcessEvent): ReturnType<typeof step> {
  return step(world, { at: world.now, dice: 0.5, event: { tag: 'process', process: 1, event } })
}

/** A delay that is always the same. */
function slow(delay: number): Actor['delay'] & object {
  return { tag: 'backoff', initial: delay, factor: 1, max: delay, jitter: 0, resetAfter: 1e9 }
}
