import { describe, expect, test } from 'bun:test'
import { aCheck, aMonitor, anEdge, aNotification, aReadiness } from '../sim/builders.ts'
import { diesBy, exitsWith } from '../sim/habit.ts'
import { aTree } from '../sim/tree.ts'
import { answersOf, signalsTo, startsOf } from './news.ts'

const task = { oneshot: true, autostart: false } as const

describe('preruns', () => {
  test('[RD1] run one after the other before each start, also before a restart', async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(0, { after: 100 }) },
      b: { ...task, program: exitsWith(0, { after: 200 }) },
      web: { prerun: ['a', 'b'], program: [exitsWith(1, { after: 1000 }), {}] },
    })
    await tree.passes(5000)
    expect([startsOf(tree, 'a'), startsOf(tree, 'b'), startsOf(tree, 'web')]).toEqual([
      [0, 1400],
      [100, 1500],
      [300, 1700],
    ])
  })

  test('[RD1] one that fails fails the attempt: those after it do not run, and the policy decides', async () => {
    await using tree = await aTree({
      a: { ...task, program: [exitsWith(1, { after: 50 }), exitsWith(0, { after: 50 })] },
      b: { ...task, program: exitsWith(0, { after: 50 }) },
      web: { prerun: ['a', 'b'] },
      once: { prerun: ['c'], restart: 'no' },
      c: { ...task, program: exitsWith(1) },
    })
    await tree.passes(5000)
    expect([startsOf(tree, 'a'), startsOf(tree, 'b'), startsOf(tree, 'web')]).toEqual([[0, 150], [200], [250]])
    expect([tree.status('once'), startsOf(tree, 'once')]).toEqual(['failed', []])
    expect(tree.why('once').slice(0, 2)).toEqual(['not-restarted', 'prerun-failed'])
  })

  test("[RD1] in procmon's dialect one that fails changes nothing: the next one runs, and the start goes on", async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(1, { after: 50 }) },
      b: { ...task, program: diesBy('SIGKILL', { after: 50 }) },
      web: { prerun: ['a', 'b'], prerunFailure: 'ignore' },
    })
    await tree.passes(5000)
    expect([startsOf(tree, 'b'), startsOf(tree, 'web')]).toEqual([[50], [100]])
  })
})

describe('ready', () => {
  test('[RD2] is a run without a check as soon as its execve has succeeded; a later death is news', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1, { after: 1 }) }, api: { edges: [anEdge('web')] } })
    expect([tree.status('web'), tree.isReady('web'), startsOf(tree, 'api')]).toEqual(['running', true, [0]])
    await tree.passes(1)
    expect(tree.statuses()).toEqual({ web: 'restarting', api: 'running' })
  })

  test('[RD2] is a oneshot never before it has completed', async () => {
    await using tree = await aTree({
      load: { oneshot: true, program: exitsWith(0, { after: 3000 }) },
      web: { edges: [anEdge('load')] },
    })
    await tree.passes(2999)
    expect([tree.status('load'), tree.isReady('load'), tree.status('web')]).toEqual(['running', false, 'queued'])
    await tree.passes(1)
    expect(tree.statuses()).toEqual({ load: 'completed', web: 'running' })
  })

  test('[RD3] is asked at once, then after 50 ms, growing by half each time to 1 s', async () => {
    await using tree = await aTree({ web: { ready: aReadiness(), program: { readyAfter: 'never', answersAfter: 0 } } })
    await tree.passes(6000)
    expect(tree.status('web')).toBe('init')
    const asked = answersOf(tree, 'web', 'ready').map((at) => Math.round(at))
    expect(asked).toEqual([0, 50, 125, 238, 406, 659, 1039, 1609, 2463, 3463, 4463, 5463])
  })

  test("[RD3] is always asked after 50 ms in procmon's dialect", async () => {
    const ready = aReadiness({ slowest: 50, period: null })
    await using tree = await aTree({ web: { ready, program: { readyAfter: 220, answersAfter: 0 } } })
    await tree.passes(30_000)
    expect(answersOf(tree, 'web', 'ready')).toEqual([0, 50, 100, 150, 200, 250])
  })

  test('[RD3] is init until the check passes, and is not what a run that is checked says of itself', async () => {
    await using tree = await aTree({
      web: {
        ready: aReadiness({ slowest: 50 }),
        program: { readyAfter: 200, answersAfter: 0, says: [said('ready', 10)] },
      },
      api: { ready: aNotification(), program: { readyAfter: 200 } },
    })
    await tree.passes(199)
    expect(tree.statuses()).toEqual({ web: 'init', api: 'init' })
    await tree.passes(1)
    expect(tree.statuses()).toEqual({ web: 'running', api: 'running' })
  })

  test('[RD5] too late: at the start timeout it is taken down, not a moment sooner, and its policy applies', async () => {
    const ready = aReadiness()
    const program = { readyAfter: 'never', obeysAfter: 40 } as const
    await using tree = await aTree({
      web: { ready, startTimeout: 5000, program: [program, {}] },
      once: { ready, startTimeout: 5000, restart: 'no', program },
      careful: { ready, startTimeout: 5000, restart: 'on-failure', program: [program, {}] },
    })
    await tree.passes(4999)
    expect(tree.statuses()).toEqual({ web: 'init', once: 'init', careful: 'init' })
    await tree.passes(5000)
    expect(signalsTo(tree, 'web')).toEqual(['5000 gets SIGTERM'])
    expect([startsOf(tree, 'web'), startsOf(tree, 'careful')]).toEqual([
      [0, 5140],
      [0, 5140],
    ])
    expect(tree.statuses()).toEqual({ web: 'running', once: 'failed', careful: 'running' })
    expect(tree.why('once')).toEqual(['not-restarted', 'start-timeout'])
  })

  test('[RD5] counts for a run that says it itself, and is 60 s where nothing else was said', async () => {
    await using tree = await aTree({ web: { ready: aNotification(), program: { readyAfter: 'never' } } })
    await tree.passes(70_000)
    expect(signalsTo(tree, 'web')).toEqual(['60000 gets SIGTERM'])
  })

  test('[RD5] a run that became ready in time is left alone afterwards', async () => {
    await using tree = await aTree({
      web: { ready: aReadiness({ slowest: 50 }), startTimeout: 5000, program: { readyAfter: 4900 } },
    })
    await tree.passes(60_000)
    expect([tree.status('web'), signalsTo(tree, 'web')]).toEqual(['running', []])
  })

  test('[RD6] is asked again every period; failing means not ready, and nothing more', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ period: 2000 }), program: { unready: [[3000, 7000]], answersAfter: 0 } },
      web: { edges: [anEdge('db')] },
      child: { parent: 'db' },
      late: { edges: [anEdge('db')], autostart: false },
    })
    await tree.passes(4000)
    expect(answersOf(tree, 'db', 'ready')).toEqual([0, 2000, 4000])
    expect([tree.status('db'), tree.isReady('db'), tree.why('db')[0]]).toEqual(['running', false, 'no-longer-ready'])
    await tree.start('late')
    expect(tree.status('late')).toBe('queued')
    await tree.passes(6000)
    expect(startsOf(tree, 'late')).toEqual([8000])
    expect(answersOf(tree, 'db', 'ready')).toEqual([0, 2000, 4000, 6000, 8000, 10_000])
    expect(['db', 'web', 'child'].map((name) => startsOf(tree, name))).toEqual([[0], [0], [0]])
  })

  test("[RD6] is never asked again in procmon's dialect", async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ period: null }), program: { unready: [[1000, 9e9]] } },
    })
    await tree.passes(600_000)
    expect([answersOf(tree, 'db', 'ready'), tree.isReady('db')]).toEqual([[1], true])
  })
})

describe('monitors', () => {
  test('[RD4] are first asked one period after the run became ready, then every period', async () => {
    await using tree = await aTree({
      web: {
        ready: aReadiness({ slowest: 50 }),
        monitors: [aMonitor({ period: 3000 }), aMonitor({ name: 'other', period: 4000 })],
        program: { readyAfter: 500, answersAfter: 0, sick: [[0, 3499]] },
      },
    })
    await tree.passes(12_000)
    expect(answersOf(tree, 'web', 0)).toEqual([3500, 6500, 9500])
    expect(answersOf(tree, 'web', 1)).toEqual([4500, 8500])
    expect(startsOf(tree, 'web')).toEqual([0])
  })

  test('[RD4] of the next run begin anew, without what the one before has failed', async () => {
    const check = { tag: 'retries', retries: 2, of: aCheck('health') } as const
    await using tree = await aTree({
      web: {
        monitors: [aMonitor({ period: 1000, check })],
        program: { sick: [[0, 9e9]], answersAfter: 0 },
      },
    })
    await tree.passes(6500)
    expect(answersOf(tree, 'web', 0)).toEqual([1000, 2000, 3000, 4105, 5105, 6105])
    expect(signalsTo(tree, 'web')).toEqual(['3000 gets SIGTERM', '6105 gets SIGTERM'])
  })

  test('[RD7] are forgiven as many failures in a row as they have retries', async () => {
    const check = { tag: 'retries', retries: 2, of: aCheck('health') } as const
    await using tree = await aTree({
      blip: {
        monitors: [aMonitor({ period: 1000, check })],
        program: {
          sick: [
            [900, 2900],
            [3900, 5900],
          ],
          answersAfter: 0,
        },
      },
      sick: { monitors: [aMonitor({ period: 1000, check })], program: { sick: [[900, 9e9]], answersAfter: 0 } },
    })
    await tree.passes(3000)
    expect([signalsTo(tree, 'blip'), signalsTo(tree, 'sick')]).toEqual([[], ['3000 gets SIGTERM']])
    await tree.passes(20_000)
    expect(signalsTo(tree, 'blip')).toEqual([])
  })

  test('[RD7] are forgiven what their bucket holds', async () => {
    const check = { tag: 'bucket', capacity: 2, leak: 10_000, of: aCheck('health') } as const
    const flapping = {
      sick: [
        [900, 1100],
        [2900, 3100],
        [4900, 5100],
      ],
    } as const
    await using tree = await aTree({
      // A drop each second second, a leak every ten: the third one is too much.
      web: { monitors: [aMonitor({ period: 1000, check })], program: [{ ...flapping, answersAfter: 0 }, {}] },
      calm: {
        monitors: [aMonitor({ period: 1000, check: { ...check, leak: 2000 } })],
        program: { ...flapping, answersAfter: 0 },
      },
    })
    await tree.passes(4999)
    expect(signalsTo(tree, 'web')).toEqual([])
    await tree.passes(5000)
    expect([signalsTo(tree, 'web'), signalsTo(tree, 'calm')]).toEqual([['5000 gets SIGTERM'], []])
  })
})

describe('a gate', () => {
  test('[RD7] of readiness passes only when the check itself passes, whatever it would forgive', async () => {
    for (const check of [
      { tag: 'retries', retries: 1000, of: aCheck() },
      { tag: 'bucket', capacity: 1000, leak: 1, of: aCheck() },
    ] as const) {
      await using tree = await aTree({
        web: { ready: aReadiness({ check, slowest: 50 }), program: { readyAfter: 1000, answersAfter: 0 } },
      })
      await tree.passes(999)
      expect(tree.status('web')).toBe('init')
      await tree.passes(1)
      expect(tree.status('web')).toBe('running')
    }
  })

  test('[RD7] of readiness passes as soon as the check does, whatever it has failed before', async () => {
    const check = { tag: 'bucket', capacity: 1, leak: 3_600_000, of: aCheck() } as const
    await using tree = await aTree({
      web: { ready: aReadiness({ check, slowest: 50 }), program: { readyAfter: 1000, answersAfter: 0 } },
    })
    await tree.passes(1000)
    expect(tree.isReady('web')).toBe(true)
  })

  test('[RD7] of readiness asked later holds no failure of the start against a run whose check passes', async () => {
    const check = { tag: 'bucket', capacity: 1, leak: 3_600_000, of: aCheck() } as const
    await using tree = await aTree({
      web: { ready: aReadiness({ check, slowest: 50 }), program: { readyAfter: 1000, answersAfter: 0 } },
    })
    await tree.passes(12_000)
    expect(answersOf(tree, 'web', 'ready').at(-1)).toBe(11_000)
    expect(tree.isReady('web')).toBe(true)
  })

  test('[RD7] of readiness asked later forgives nothing either', async () => {
    const check = { tag: 'retries', retries: 3, of: aCheck() } as const
    await using tree = await aTree({
      web: { ready: aReadiness({ check, period: 1000 }), program: { unready: [[900, 9e9]], answersAfter: 0 } },
    })
    await tree.passes(1000)
    expect(tree.isReady('web')).toBe(false)
  })
})

function said(tag: 'ready', after: number) {
  return { after, message: { tag } }
}
