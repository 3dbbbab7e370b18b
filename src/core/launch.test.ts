import { describe, expect, test } from 'bun:test'
import { aCheck, aMonitor, anEdge, aNotification, aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith } from '../../test/sim/habit.ts'
import { aTree, type Tree } from '../../test/sim/tree.ts'

const task = { oneshot: true, autostart: false } as const

describe('preruns', () => {
  test('[RD1] run one after the other before each start, and each is waited for', async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(0, { after: 100 }) },
      b: { ...task, program: exitsWith(0, { after: 200 }) },
      web: { prerun: ['a', 'b'], program: [diesBy('SIGKILL', { after: 1000 }), {}] },
    })
    expect(tree.status('web')).toBe('init')
    await tree.passes(5000)
    expect(tree.news()).toEqual([
      '0 a starts',
      '100 a exited with code 0',
      '100 b starts',
      '300 b exited with code 0',
      '300 web starts',
      '1300 web was killed by SIGKILL',
      '1400 a starts',
      '1500 a exited with code 0',
      '1500 b starts',
      '1700 b exited with code 0',
      '1700 web starts',
    ])
  })

  test('[RD1] one that fails fails the attempt, under the restart policy', async () => {
    await using tree = await aTree({
      a: { ...task, program: [exitsWith(1), exitsWith(0)] },
      web: { prerun: ['a'] },
    })
    await tree.passes(0)
    expect([tree.status('web'), ...tree.why('web')]).toEqual([
      'restarting',
      'delay',
      'prerun-failed',
      'not-restarted',
      'exited',
    ])
    await tree.passes(100)
    expect(tree.status('web')).toBe('running')
  })

  test("[RD1] one that fails changes nothing in procmon's dialect", async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(1, { after: 10 }) },
      web: { prerun: ['a'], prerunFailure: 'ignore' },
    })
    await tree.passes(10)
    expect(tree.status('web')).toBe('running')
  })

  test('[RD1] a stop meanwhile ends them too', async () => {
    await using tree = await aTree({ a: task, web: { prerun: ['a'] } })
    await tree.passes(100)
    await tree.stop('web')
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ a: 'stopped', web: 'stopped' })
  })

  test('[RD1] a dependency that goes meanwhile is waited for anew', async () => {
    await using tree = await aTree({
      a: { ...task, program: exitsWith(0, { after: 500 }) },
      db: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      web: { prerun: ['a'], edges: [anEdge('db')] },
    })
    await tree.passes(150)
    expect(tree.status('web')).toBe('queued')
    await tree.passes(1000)
    expect(tree.status('web')).toBe('running')
  })

  test('[RD1] a prerun may be a dependency as well: that it runs again does not stand in its own way', async () => {
    await using tree = await aTree({
      migrate: { oneshot: true, program: exitsWith(0, { after: 100 }) },
      web: { prerun: ['migrate'], edges: [anEdge('migrate')] },
    })
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '0 migrate starts',
      '100 migrate exited with code 0',
      '100 migrate starts',
      '200 migrate exited with code 0',
      '200 web starts',
    ])
  })
})

test('[RD1] two that each run before their start what the other one depends on both come up', async () => {
  await using tree = await aTree({
    migrate: { oneshot: true, program: exitsWith(0, { after: 100 }) },
    seed: { oneshot: true, program: exitsWith(0, { after: 100 }) },
    web: { prerun: ['migrate'], edges: [anEdge('seed')] },
    api: { prerun: ['seed'], edges: [anEdge('migrate')] },
  })
  await tree.passes(1000)
  expect([tree.status('web'), tree.status('api')]).toEqual(['running', 'running'])
})

describe('running and ready', () => {
  test('[RD2] without a readiness check it is running and ready as soon as it is started; a later death is news', async () => {
    await using tree = await aTree({ web: { program: diesBy('SIGSEGV', { after: 1 }) } })
    expect([tree.status('web'), tree.isReady('web')]).toEqual(['running', true])
    await tree.passes(1)
    expect(tree.status('web')).toBe('restarting')
  })

  test('[RD2] a oneshot is running, and never ready before it has completed', async () => {
    await using tree = await aTree({ load: { oneshot: true, program: exitsWith(0, { after: 100 }) } })
    await tree.passes(99)
    expect([tree.status('load'), tree.isReady('load')]).toEqual(['running', false])
    await tree.passes(1)
    expect(tree.status('load')).toBe('completed')
  })

  test('[RD3] it is asked at once, then after 50 ms, and then ever less often, down to once a second', async () => {
    await using tree = await aTree({ web: { ready: aReadiness(), program: { readyAfter: 'never', answersAfter: 0 } } })
    await tree.passes(6000)
    expect(tree.status('web')).toBe('init')
    const asked = askedAt(tree)
    const gaps = asked.map((at, i) => Math.round(at - (asked[i - 1] ?? 0)))
    expect(gaps).toEqual([0, 50, 75, 113, 169, 253, 380, 570, 854, 1000, 1000, 1000])
  })

  test("[RD3] in procmon's dialect it is always asked after 50 ms", async () => {
    const ready = aReadiness({ slowest: 50 })
    await using tree = await aTree({ web: { ready, program: { readyAfter: 'never', answersAfter: 0 } } })
    await tree.passes(250)
    expect(askedAt(tree)).toEqual([0, 50, 100, 150, 200, 250])
  })

  test('[RD3] a run that says so itself is ready when it has said so', async () => {
    await using tree = await aTree({ web: { ready: aNotification(), program: { readyAfter: 300 } } })
    await tree.passes(299)
    expect(tree.status('web')).toBe('init')
    await tree.passes(1)
    expect([tree.status('web'), tree.isReady('web')]).toEqual(['running', true])
  })

  test('[RD3] who is checked is not believed', async () => {
    const says = [{ after: 10, message: { tag: 'ready' } as const }]
    await using tree = await aTree({ web: { ready: aReadiness(), program: { readyAfter: 'never', says } } })
    await tree.passes(1000)
    expect(tree.status('web')).toBe('init')
  })

  test('[RD5] a run that is not ready in time is taken down, and its policy applies', async () => {
    await using tree = await aTree({
      web: { ready: aReadiness(), startTimeout: 1000, program: [{ readyAfter: 'never' }, {}] },
    })
    await tree.passes(1000)
    expect(tree.status('web')).toBe('restarting')
    expect(tree.why('web')[0]).toBe('start-timeout')
    await tree.passes(200)
    expect(tree.isReady('web')).toBe(true)
    expect(tree.news()).toContain('1000 web gets SIGTERM')
  })

  test('[RD5] one that is not restarted has failed', async () => {
    const program = { readyAfter: 'never' } as const
    await using tree = await aTree({ web: { ready: aNotification(), startTimeout: 1000, restart: 'no', program } })
    await tree.passes(1100)
    expect(tree.status('web')).toBe('failed')
  })
})

describe('what is asked of a run that is ready', () => {
  test('[RD4] monitors are first asked one period after it became ready', async () => {
    await using tree = await aTree({
      web: {
        ready: aReadiness({ period: null }),
        monitors: [aMonitor({ period: 1000 })],
        program: { readyAfter: 100, answersAfter: 0 },
      },
    })
    await tree.passes(3500)
    const readyAt = 125
    expect(askedAt(tree)).toEqual([0, 50, readyAt, readyAt + 1000, readyAt + 2000, readyAt + 3000])
  })

  test('a monitor that fails is a death: the run is taken down, and its policy applies', async () => {
    await using tree = await aTree({
      web: { monitors: [aMonitor({ period: 1000 })], program: [{ sick: [[1500, 9000]] }, {}] },
    })
    await tree.passes(2003)
    expect([tree.status('web'), tree.why('web')[0]]).toEqual(['restarting', 'check-failed'])
    await tree.passes(200)
    expect(tree.process('web').runs).toBe(2)
    expect(tree.status('web')).toBe('running')
  })

  test('[RD6] readiness is asked again; failing later means not ready: who has not started waits, nobody is restarted', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ period: 1000 }), program: { unready: [[1500, 4500]] } },
      web: { parent: 'db' },
      late: { autostart: false, edges: [anEdge('db')] },
    })
    await tree.passes(2500)
    await tree.start('late')
    expect(tree.isReady('db')).toBe(false)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running', late: 'queued' })
    await tree.passes(3000)
    expect(tree.isReady('db')).toBe(true)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running', late: 'running' })
    expect(tree.process('web').runs).toBe(1)
  })

  test("[RD6] in procmon's dialect readiness is never asked again", async () => {
    const program = { unready: [[1500, 90_000]] as const, answersAfter: 0 }
    await using tree = await aTree({ db: { ready: aReadiness({ period: null }), program } })
    await tree.passes(60_000)
    expect(askedAt(tree)).toEqual([0])
    expect(tree.isReady('db')).toBe(true)
  })

  test('[RD7] retries forgive a monitor its failures', async () => {
    const check = { tag: 'retries', retries: 2, of: aCheck('health') } as const
    await using tree = await aTree({
      web: { monitors: [aMonitor({ period: 1000, check })], program: { sick: [[500, 2500]] } },
      api: { monitors: [aMonitor({ period: 1000, check })], program: { sick: [[500, 9000]] } },
    })
    await tree.passes(3005)
    expect(tree.status('web')).toBe('running')
    expect(tree.process('api').state.reason).toMatchObject({ detail: expect.stringContaining('3 times in a row') })
  })

  test('[RD7] a gate forgives nothing: readiness passes only when its check passes', async () => {
    const check = { tag: 'retries', retries: 5, of: aCheck() } as const
    await using tree = await aTree({ web: { ready: aReadiness({ check }), program: { readyAfter: 'never' } } })
    await tree.passes(5000)
    expect(tree.status('web')).toBe('init')
  })

  test('a run that falls silent is taken down', async () => {
    await using tree = await aTree({
      web: { ready: aNotification({ watchdog: 1000 }), program: [{ silentFrom: 3000 }, {}] },
    })
    await tree.passes(3000)
    expect(tree.status('web')).toBe('running')
    await tree.passes(2000)
    expect(tree.news()).toContain('3500 web gets SIGTERM')
    expect([tree.process('web').runs, tree.status('web')]).toEqual([2, 'running'])
  })

  test('what it says of itself is kept', async () => {
    const says = [{ after: 10, message: { tag: 'status', text: 'warming up' } as const }]
    await using tree = await aTree({ web: { program: { says } } })
    await tree.passes(10)
    expect(tree.process('web').state).toMatchObject({ run: { says: 'warming up' } })
  })
})

/** When a verdict arrived; the programs of these tests answer at once. */
function askedAt(tree: Tree): number[] {
  return tree.simulation.recorder.inputs.flatMap(({ at, event }) =>
    event.tag === 'process' && event.event.tag === 'probed' ? [at] : [],
  )
}
