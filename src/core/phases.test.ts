import { describe, expect, test } from 'bun:test'
import { aCheck, aMonitor, anEdge } from '../../test/sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'

describe('the prologue', () => {
  const first = aMonitor({ name: 'first', check: aCheck('first') })
  const second = aMonitor({ name: 'second', check: aCheck('second') })

  test('[RN1] is asked in order before anything starts', async () => {
    await using tree = await aTree({ web: {} }, { prologue: [first, second] })
    expect(tree.status('web')).toBe('stopped')
    await tree.passes(1)
    expect(tree.status('web')).toBe('stopped')
    await tree.passes(1)
    expect(tree.status('web')).toBe('running')
  })

  test('[RN1] the first check that fails ends the run with exit code 1, and nothing was started', async () => {
    const asked: string[] = []
    const prologueAnswers = (id: string): boolean => asked.push(id) > 1
    await using tree = await aTree({ web: {} }, { prologue: [first, second], prologueAnswers })
    await tree.passes(100)
    expect([tree.code, ...tree.news()]).toEqual([1])
    expect(asked).toEqual(['first'])
    expect(tree.simulation.engine.world.phase).toMatchObject({
      tag: 'over',
      reason: { tag: 'prologue-failed', check: 'first' },
    })
  })

  test('[RN1] retries = N asks N more times', async () => {
    const check = { tag: 'retries', retries: 2, of: aCheck('port') } as const
    const prologue = [aMonitor({ check, period: 200 })]
    for (const [passesAt, code] of [
      [3, null],
      [4, 1],
    ] as const) {
      const prologueAnswers = (_id: string, nth: number): boolean => nth >= passesAt
      await using tree = await aTree({ web: {} }, { prologue, prologueAnswers })
      await tree.passes(1000)
      expect(tree.code).toBe(code)
    }
  })

  test('[RN3] a signal meanwhile ends the run, with 0', async () => {
    await using tree = await aTree({ web: {} }, { prologue: [first] })
    await tree.signal('SIGTERM')
    expect([tree.code, ...tree.news()]).toEqual([0])
  })
})

describe('a polite end', () => {
  test('[RN3] comes with SIGTERM, SIGINT, SIGQUIT and SIGHUP, and with no other signal', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const) {
      await using tree = await aTree({ web: {} })
      await tree.signal(signal)
      await tree.passes(100)
      expect([signal, tree.code]).toEqual([signal, 0])
    }
    await using tree = await aTree({ web: {} })
    await tree.signal('SIGUSR1')
    await tree.passes(100)
    expect([tree.code, tree.status('web')]).toEqual([null, 'running'])
  })

  test('[RN4] takes everything down in reverse order, restarts nothing, and the code is 0', async () => {
    await using tree = await aTree({
      a: {},
      b: { edges: [anEdge('a')] },
      c: { edges: [anEdge('a')], program: { obeysAfter: 2000 } },
      d: { edges: [anEdge('b'), anEdge('c')] },
      e: { program: exitsWith(1) },
    })
    tree.news()
    await tree.signal('SIGTERM')
    await tree.passes(10_000)
    expect(tree.news()).toEqual([
      '0 d gets SIGTERM',
      '5 d was killed by SIGTERM',
      '5 b gets SIGTERM',
      '5 c gets SIGTERM',
      '10 b was killed by SIGTERM',
      '2005 c was killed by SIGTERM',
      '2005 a gets SIGTERM',
      '2010 a was killed by SIGTERM',
    ])
    expect(tree.code).toBe(0)
  })

  test('[RN4] what dies by itself meanwhile is not restarted', async () => {
    await using tree = await aTree({
      db: {},
      web: { edges: [anEdge('db')], program: { obeysAfter: 1000 } },
      worker: { edges: [anEdge('web')], program: { ...diesBy('SIGSEGV', { after: 100 }), obeysAfter: 'never' } },
    })
    await tree.signal('SIGTERM')
    await tree.passes(5000)
    expect(Object.values(tree.statuses())).toEqual(['stopped', 'stopped', 'stopped'])
    expect(tree.news().filter((line) => line.endsWith('starts'))).toHaveLength(3)
    expect(tree.code).toBe(0)
  })

  test('[RN4] also ends what waits, what is delayed and what is being prepared', async () => {
    await using tree = await aTree({
      task: { oneshot: true, autostart: false },
      db: { prerun: ['task'] },
      web: { parent: 'db' },
      api: { program: exitsWith(1) },
    })
    await tree.passes(10)
    await tree.signal('SIGTERM')
    await tree.passes(10)
    expect([tree.code, ...Object.values(tree.statuses())]).toEqual([0, 'stopped', 'stopped', 'stopped', 'stopped'])
  })

  test('[RN5] a second signal forces it: SIGKILL to everything at once, and the code is 1', async () => {
    await using tree = await aTree({ db: ignoring(), web: { parent: 'db', ...ignoring() } })
    tree.news()
    await tree.signal('SIGTERM')
    await tree.passes(500)
    await tree.signal('SIGINT')
    expect(tree.news()).toEqual([
      '0 web gets SIGTERM',
      '500 db gets SIGKILL (everything)',
      '500 web gets SIGKILL (everything)',
      '500 db was killed by SIGKILL',
      '500 web was killed by SIGKILL',
    ])
    expect(tree.code).toBe(1)
  })

  test('[RN5] the same Ctrl-C told twice at once is one: npm passes on what the terminal has sent already', async () => {
    await using tree = await aTree({ web: ignoring() })
    await tree.signal('SIGINT')
    await tree.passes(99)
    await tree.signal('SIGINT')
    await tree.passes(1000)
    expect([tree.code, tree.status('web')]).toEqual([null, 'running'])
    await tree.signal('SIGINT')
    expect(tree.code).toBe(1)
  })

  test('[RN5] another signal forces it, however soon', async () => {
    await using tree = await aTree({ web: ignoring() })
    await tree.signal('SIGINT')
    await tree.signal('SIGTERM')
    expect(tree.code).toBe(1)
  })

  test('[RN5] a second SIGHUP forces nothing', async () => {
    await using tree = await aTree({ web: ignoring() })
    await tree.signal('SIGHUP')
    await tree.signal('SIGHUP')
    await tree.passes(9000)
    expect(tree.code).toBeNull()
  })

  test('[RN5] a third signal does not leave anything alive behind', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 'never', diesAfter: 1000 } } })
    for (let i = 0; i < 3; i++) {
      await tree.signal('SIGTERM')
      await tree.passes(300)
    }
    expect(tree.code).toBeNull()
    await tree.passes(1000)
    expect([tree.code, ...tree.simulation.host.living()]).toEqual([1])
  })

  test('[RN5] what survives even that is waited for two seconds', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 'never', diesAfter: 60_000 } } })
    await tree.signal('SIGTERM')
    await tree.passes(200)
    await tree.signal('SIGTERM')
    await tree.passes(1999)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(tree.code).toBe(1)
  })

  test('[RN6] one that takes longer than SHUTDOWN_MAX is forced, and the code is 1', async () => {
    await using tree = await aTree({ web: ignoring({ timeout: 60_000 }) }, { shutdownMax: 5000 })
    await tree.signal('SIGTERM')
    await tree.passes(4999)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(tree.code).toBe(1)
  })

  test('when it is over, nothing is due any more', async () => {
    await using tree = await aTree({
      load: { oneshot: true, autostart: false, trigger: { schedule: { tag: 'every', period: 1000 } } },
    })
    await tree.signal('SIGTERM')
    expect([tree.code, tree.simulation.clock.next()]).toEqual([0, Number.POSITIVE_INFINITY])
  })
})

describe('the end by itself', () => {
  const settings = { endsWhenDone: true }

  test('[RN7] comes when nothing runs or can run again: 0 when all has succeeded', async () => {
    await using tree = await aTree(
      {
        a: { oneshot: true, program: exitsWith(0, { after: 100 }) },
        b: { oneshot: true, edges: [anEdge('a')], program: exitsWith(0, { after: 100 }) },
        task: { oneshot: true, autostart: false },
      },
      settings,
    )
    await tree.passes(199)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(tree.code).toBe(0)
  })

  test('[RN7] 1 when something has failed, though others never could start', async () => {
    await using tree = await aTree(
      {
        a: { oneshot: true, program: exitsWith(3, { after: 100 }) },
        b: { oneshot: true, edges: [anEdge('a')] },
      },
      settings,
    )
    await tree.passes(100)
    expect(tree.code).toBe(1)
  })

  test('[RN7] comes at once when nothing can ever start', async () => {
    await using tree = await aTree({ web: { edges: [anEdge('nobody')] } }, settings)
    expect(tree.code).toBe(1)
  })

  test('[RN7] what on_exit: stop has taken down does not run again', async () => {
    await using tree = await aTree(
      {
        load: { restart: 'no', program: exitsWith(0, { after: 100 }) },
        sidecar: { edges: [anEdge('load', { condition: 'started', onExit: 'stop' })] },
      },
      settings,
    )
    await tree.passes(200)
    expect(tree.code).not.toBeNull()
  })

  test('[RN7] what was stopped on purpose, or has a schedule, may run again', async () => {
    await using stopped = await aTree({ web: {} }, settings)
    await stopped.stop('web')
    await stopped.passes(1000)
    expect(stopped.code).toBeNull()
    const trigger = { schedule: { tag: 'every', period: 60_000 } } as const
    await using scheduled = await aTree({ load: { oneshot: true, trigger, program: exitsWith(0) } }, settings)
    await scheduled.passes(1000)
    expect(scheduled.code).toBeNull()
  })

  test('[RN7] a daemon goes on', async () => {
    await using tree = await aTree({ a: { oneshot: true, program: exitsWith(0) } })
    await tree.passes(1000)
    expect([tree.status('a'), tree.code]).toEqual(['completed', null])
  })
})

describe('a significant process', () => {
  test('[RN8] ends the run with its exit code; the others go down in reverse order', async () => {
    await using tree = await aTree({
      db: {},
      web: { edges: [anEdge('db')] },
      main: { significant: true, program: exitsWith(7, { after: 100 }) },
    })
    tree.news()
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '100 main exited with code 7',
      '100 web gets SIGTERM',
      '105 web was killed by SIGTERM',
      '105 db gets SIGTERM',
      '110 db was killed by SIGTERM',
    ])
    expect(tree.code).toBe(7)
  })

  test('[RN8] killed by signal N it ends with 128 + N', async () => {
    await using tree = await aTree({ main: { significant: true, program: diesBy('SIGSEGV', { after: 100 }) } })
    await tree.passes(1000)
    expect(tree.code).toBe(139)
  })

  test('[RN8] its end by a stop ends nothing', async () => {
    await using tree = await aTree({ main: { significant: true } })
    await tree.stop('main')
    await tree.passes(1000)
    expect([tree.status('main'), tree.code]).toEqual(['stopped', null])
  })
})

function ignoring({ timeout = 10_000 } = {}) {
  return { program: ignoresTerm, stop: { timeout } }
}
