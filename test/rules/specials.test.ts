import { describe, expect, test } from 'bun:test'
import { aReadiness } from '../sim/builders.ts'
import { exitsWith } from '../sim/habit.ts'
import { aTree, type Actor } from '../sim/tree.ts'
import { signalsTo, startsOf } from './news.ts'

const task = { oneshot: true, autostart: false } as const
const minute = 60_000

function every(period: number, more: Actor = {}): Actor {
  return {
    ...task,
    program: exitsWith(0, { after: 10 }),
    ...more,
    trigger: { schedule: { tag: 'every', period }, ...more.trigger },
  }
}

function onSignal(signal: 'SIGHUP' | 'SIGUSR1' | 'SIGTERM', more: Actor = {}): Actor {
  return { ...task, program: exitsWith(0, { after: 100 }), ...more, trigger: { signal, ...more.trigger } }
}

describe('a special with a signal', () => {
  test('[SP1] runs once each time, instead of what the signal does otherwise', async () => {
    await using tree = await aTree({ web: {}, reload: onSignal('SIGTERM') })
    for (let i = 0; i < 3; i++) {
      await tree.signal('SIGTERM')
      await tree.passes(1000)
    }
    expect([tree.code, startsOf(tree, 'reload'), startsOf(tree, 'web')]).toEqual([null, [0, 1000, 2000], [0]])
  })

  test('[SP1] does not run before, nor for another signal', async () => {
    await using tree = await aTree({ reload: onSignal('SIGHUP') })
    await tree.signal('SIGUSR1')
    await tree.passes(1000)
    expect([startsOf(tree, 'reload'), tree.status('reload')]).toEqual([[], 'stopped'])
  })

  test('[SP1] runs although it has failed before', async () => {
    await using tree = await aTree({ reload: onSignal('SIGHUP', { program: exitsWith(1, { after: 10 }) }) })
    await tree.signal('SIGHUP')
    await tree.passes(1000)
    await tree.signal('SIGHUP')
    expect(startsOf(tree, 'reload')).toEqual([0, 1000])
  })
})

describe('a special with a schedule', () => {
  test('[SP2] runs every period, counted from when the tree came up', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ slowest: 50, period: null }), program: { readyAfter: 5000, answersAfter: 0 } },
      web: { parent: 'db' },
      sweep: every(minute),
    })
    await tree.passes(200_000)
    expect(startsOf(tree, 'sweep')).toEqual([65_000, 125_000, 185_000])
  })

  test('[SP2] is not counted from its last run: one that takes long does not shift those after it', async () => {
    await using tree = await aTree({ sweep: every(minute, { program: exitsWith(0, { after: 40_000 }) }) })
    await tree.passes(200_000)
    expect(startsOf(tree, 'sweep')).toEqual([minute, 2 * minute, 3 * minute])
  })

  test('[SP2] is counted anew after a run with shutdown, its own and every other', async () => {
    await using tree = await aTree({
      web: { ready: aReadiness({ slowest: 50, period: null }), program: { readyAfter: 3000, answersAfter: 0 } },
      backup: every(minute, { trigger: { shutdown: true }, program: exitsWith(0, { after: 10_000 }) }),
      sweep: every(50_000),
    })
    await tree.passes(150_000)
    // Up at 3 s; down from 63.005 s to 73.005 s; up again at 76.005 s.
    expect(startsOf(tree, 'backup')).toEqual([63_005, 136_010])
    expect(startsOf(tree, 'sweep')).toEqual([53_000, 126_005])
  })

  test('[SP2] runs once when the supervisor was held up for many periods, and keeps its count', async () => {
    await using tree = await aTree({ sweep: every(minute) })
    await tree.passes(10)
    tree.simulation.clock.skipTo(3_590_000)
    await tree.passes(minute)
    expect(startsOf(tree, 'sweep')).toEqual([3_590_000, 3_600_000])
  })
})

describe('a special with shutdown', () => {
  test('[SP3] takes the whole tree down, runs when all of it is gone, and the tree starts again', async () => {
    await using tree = await aTree({
      db: { program: { obeysAfter: 200 } },
      web: { parent: 'db', program: { obeysAfter: 300 } },
      alone: { program: { children: [{ obeysAfter: 900 }] } },
      backup: onSignal('SIGUSR1', { trigger: { shutdown: true } }),
    })
    await tree.passes(1000)
    await tree.signal('SIGUSR1')
    await tree.passes(10_000)
    expect([signalsTo(tree, 'web'), signalsTo(tree, 'db')]).toEqual([['1000 gets SIGTERM'], ['1300 gets SIGTERM']])
    expect(startsOf(tree, 'backup')).toEqual([1900])
    expect(['db', 'web', 'alone'].map((name) => startsOf(tree, name))).toEqual([
      [0, 2000],
      [0, 2000],
      [0, 2000],
    ])
  })

  test('[SP3] starts nothing meanwhile: neither a delay nor an operator brings anything up', async () => {
    await using tree = await aTree({
      crashing: { program: [exitsWith(1, { after: 950 }), {}] },
      idle: { autostart: false },
      backup: onSignal('SIGUSR1', { trigger: { shutdown: true }, program: exitsWith(0, { after: 5000 }) }),
    })
    await tree.passes(1000)
    await tree.signal('SIGUSR1')
    await tree.start('idle')
    await tree.passes(4999)
    expect([startsOf(tree, 'crashing'), startsOf(tree, 'idle')]).toEqual([[0], []])
    await tree.passes(1)
    expect([startsOf(tree, 'crashing'), startsOf(tree, 'idle')]).toEqual([[0, 6000], [6000]])
  })

  test('[SP3] brings back no more than was up: what was stopped stays stopped', async () => {
    await using tree = await aTree({
      web: {},
      off: {},
      load: { oneshot: true, program: exitsWith(0, { after: 10 }) },
      backup: onSignal('SIGUSR1', { trigger: { shutdown: true } }),
    })
    await tree.stop('off')
    await tree.passes(1000)
    await tree.signal('SIGUSR1')
    await tree.passes(1000)
    expect(tree.statuses()).toMatchObject({ web: 'running', off: 'stopped', load: 'completed' })
    expect([startsOf(tree, 'web'), startsOf(tree, 'off'), startsOf(tree, 'load')]).toEqual([[0, 1105], [0], [0, 1105]])
  })

  test('[SP3] starts the tree again though it has failed', async () => {
    await using tree = await aTree({
      web: {},
      backup: onSignal('SIGUSR1', { trigger: { shutdown: true }, program: exitsWith(1, { after: 100 }) }),
    })
    await tree.signal('SIGUSR1')
    await tree.passes(1000)
    expect([startsOf(tree, 'web'), tree.code]).toEqual([[0, 105], null])
  })
})

describe('specials that are called while another one has its turn', () => {
  test('[SP4] wait for their own, in order: none is lost and none overlaps', async () => {
    await using tree = await aTree({ a: onSignal('SIGHUP'), b: onSignal('SIGUSR1') })
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGHUP', 'SIGHUP', 'SIGUSR1'] as const) await tree.signal(signal)
    await tree.passes(10_000)
    expect([startsOf(tree, 'a'), startsOf(tree, 'b')]).toEqual([
      [0, 200, 300],
      [100, 400],
    ])
  })

  test('[SP4] wait until the tree has been taken down for one with shutdown, and it has run', async () => {
    await using tree = await aTree({
      web: { program: { obeysAfter: 500 } },
      backup: onSignal('SIGUSR1', { trigger: { shutdown: true } }),
      reload: onSignal('SIGHUP'),
    })
    await tree.signal('SIGUSR1')
    await tree.signal('SIGHUP')
    await tree.signal('SIGUSR1')
    await tree.passes(10_000)
    expect([startsOf(tree, 'backup'), startsOf(tree, 'reload')]).toEqual([[500, 1200], [600]])
  })

  test('[SP4] by a schedule do not queue twice', async () => {
    await using tree = await aTree({
      long: onSignal('SIGHUP', { program: exitsWith(0, { after: 250_000 }) }),
      sweep: every(minute),
    })
    await tree.passes(30_000)
    await tree.signal('SIGHUP')
    await tree.passes(300_000)
    // It came round at 60, 120, 180 and 240 s while the other one ran until 280 s.
    expect(startsOf(tree, 'sweep')).toEqual([280_000, 300_000])
  })

  test('[SP4] lose their wait when everything ends', async () => {
    await using tree = await aTree({ a: onSignal('SIGHUP'), b: onSignal('SIGUSR1') })
    await tree.signal('SIGHUP')
    await tree.signal('SIGUSR1')
    await tree.signal('SIGTERM')
    await tree.passes(1000)
    expect([tree.code, startsOf(tree, 'b')]).toEqual([0, []])
  })
})

describe('a special with terminate', () => {
  for (const [code, end] of [
    [0, 0],
    [1, 7],
  ] as const) {
    test(`[SP5] ends everything after it has run, with ${code} when it exits with ${end}`, async () => {
      await using tree = await aTree({
        web: { program: { obeysAfter: 400 } },
        last: onSignal('SIGTERM', { trigger: { terminate: true }, program: exitsWith(end, { after: 100 }) }),
      })
      await tree.passes(1000)
      await tree.signal('SIGTERM')
      await tree.passes(499)
      expect([tree.code, signalsTo(tree, 'web'), startsOf(tree, 'last')]).toEqual([null, ['1100 gets SIGTERM'], [1000]])
      await tree.passes(1)
      expect(tree.code).toBe(code)
    })
  }

  test('[SP5] and with shutdown runs when the tree is gone, and nothing starts again', async () => {
    await using tree = await aTree({
      web: {},
      last: onSignal('SIGTERM', { trigger: { terminate: true, shutdown: true } }),
    })
    await tree.signal('SIGTERM')
    await tree.passes(10_000)
    expect([tree.code, startsOf(tree, 'last'), startsOf(tree, 'web')]).toEqual([0, [5], [0]])
  })
})

describe('a oneshot that several call for', () => {
  test('[SP6] runs once for each, one after the other', async () => {
    await using tree = await aTree({
      seed: { ...task, program: exitsWith(0, { after: 100 }) },
      a: { prerun: ['seed'] },
      b: { prerun: ['seed'] },
      c: { prerun: ['seed'] },
    })
    await tree.passes(1000)
    expect(startsOf(tree, 'seed')).toEqual([0, 100, 200])
    expect(['a', 'b', 'c'].flatMap((name) => startsOf(tree, name))).toEqual([100, 200, 300])
  })

  test('[SP6] has not run for one that called while its run was already on its way', async () => {
    await using tree = await aTree({
      seed: { ...task, program: exitsWith(0, { after: 100 }) },
      web: { prerun: ['seed'], autostart: false },
    })
    await tree.start('seed')
    await tree.passes(50)
    await tree.start('web')
    await tree.passes(1000)
    expect([startsOf(tree, 'seed'), startsOf(tree, 'web')]).toEqual([[0, 100], [200]])
  })

  test('[SP6] that fails for one runs for the next all the same', async () => {
    await using tree = await aTree({
      seed: { ...task, program: [exitsWith(1, { after: 100 }), exitsWith(0, { after: 100 })] },
      a: { prerun: ['seed'], restart: 'no' },
      b: { prerun: ['seed'] },
    })
    await tree.passes(1000)
    expect([tree.status('a'), startsOf(tree, 'b')]).toEqual(['failed', [200]])
  })
})

describe('a task without a program', () => {
  test('[SP7] completes when its preruns have, and nothing of its own is spawned', async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(0, { after: 100 }) },
      b: { ...task, program: exitsWith(0, { after: 100 }) },
      setup: { oneshot: true, command: null, prerun: ['a', 'b'] },
      web: { parent: 'setup' },
    })
    await tree.passes(199)
    expect([tree.status('setup'), tree.status('web')]).toEqual(['init', 'queued'])
    await tree.passes(1)
    expect([tree.status('setup'), startsOf(tree, 'setup'), startsOf(tree, 'web')]).toEqual(['completed', [], [200]])
  })

  test('[SP7] has failed when a prerun has', async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(1) },
      setup: { oneshot: true, command: null, prerun: ['a'] },
      web: { parent: 'setup' },
    })
    await tree.passes(0)
    expect([tree.status('setup'), tree.status('web')]).toEqual(['failed', 'blocked'])
  })
})
