import { describe, expect, test } from 'bun:test'
import { aCheck, aMonitor, anEdge, aNotification, aReadiness, aSpec } from '../sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../sim/habit.ts'
import { aTree } from '../sim/tree.ts'
import { answersOf, crimesIn, signalsTo, startsOf } from './news.ts'

const task = { oneshot: true, autostart: false } as const

describe('a new process', () => {
  test('[DE1] gets the id after the highest there is', async () => {
    await using tree = await aTree({ a: {}, b: {}, c: {} })
    await tree.delete('b')
    await tree.passes(100)
    await tree.declare({ d: {} })
    expect(tree.process('d').id).toBe(4)
  })

  test('[DE1] has the id 1 when all have been forgotten, and its runs are counted from 1', async () => {
    await using tree = await aTree({ a: {}, b: {} })
    await tree.delete('a')
    await tree.delete('b')
    await tree.passes(100)
    expect(tree.statuses()).toEqual({})
    await tree.declare({ b: {} })
    expect([tree.process('b').id, tree.process('b').runs, tree.status('b')]).toEqual([1, 1, 'running'])
    expect(crimesIn(tree)).toEqual([])
  })

  test('[DE3] starts when it is wanted, or its autostart says so', async () => {
    await using tree = await aTree({})
    await tree.declare({
      plain: {},
      manual: { autostart: false },
      up: { autostart: false, want: 'up' },
      down: { want: 'down' },
    })
    expect(tree.statuses()).toEqual({ plain: 'running', manual: 'stopped', up: 'running', down: 'stopped' })
    expect(tree.process('up').want.reason).toMatchObject({ tag: 'asked', by: { verb: 'test' } })
  })

  test('[DE3] waits for the begin', async () => {
    await using tree = await aTree({}, { begun: false })
    await tree.declare({ web: {}, db: { want: 'up' }, off: { want: 'down' } })
    expect(startsOf(tree, 'web')).toEqual([])
    await tree.begin()
    expect(tree.statuses()).toEqual({ web: 'running', db: 'running', off: 'stopped' })
  })

  test('[DE3] is kept and does not start while everything ends, or after', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } } })
    await tree.signal('SIGTERM')
    await tree.declare({ late: { want: 'up' }, web: { want: 'up' } })
    await tree.passes(2000)
    await tree.declare({ later: { want: 'up' }, late: { want: 'down' } })
    expect(tree.code).toBe(0)
    expect(tree.statuses()).toEqual({ web: 'stopped', late: 'stopped', later: 'stopped' })
    expect(['web', 'late', 'later'].map((name) => tree.process(name).want.up)).toEqual([true, false, true])
  })

  test('[DE1] is told as one that came', async () => {
    await using tree = await aTree({ web: {} })
    const told: unknown[] = []
    tree.simulation.engine.subscribe(({ transitions }) => {
      for (const { process, from, to } of transitions) told.push([process.spec.name, from, to])
    })
    await tree.declare({ api: {}, off: { autostart: false }, web: { restart: 'no' } })
    expect(told).toEqual([
      ['api', null, 'init'],
      ['off', null, 'stopped'],
      ['api', 'init', 'running'],
    ])
  })

  test('a thousand are declared in one go, each on the one before', async () => {
    await using tree = await aTree({})
    const chain = Array.from({ length: 1000 }, (_, i) => [`n${i}`, i === 0 ? {} : { parent: `n${i - 1}` }])
    await tree.declare(Object.fromEntries(chain))
    expect(tree.status('n999')).toBe('running')
  })

  test('of two declarations of one name the later counts', async () => {
    await using tree = await aTree({})
    const declarations = [
      { spec: aSpec({ name: 'web' }), want: 'up' },
      { spec: aSpec({ name: 'web', restart: 'no' }), want: 'down' },
    ] as const
    await tree.tell({ tag: 'declare', declarations, by: { verb: 'test', user: null } })
    expect(tree.statuses()).toEqual({ web: 'stopped' })
    expect(tree.process('web').spec.restart).toBe('no')
  })
})

describe('a known process', () => {
  test('[DE2] that runs goes on under what is declared, and its next run has all of it', async () => {
    await using tree = await aTree({ web: { program: [{}, {}] } })
    const pid = tree.pid('web')
    await tree.declare({ web: { cwd: '/elsewhere', stop: { signal: 'SIGQUIT' } } })
    expect([tree.pid('web'), tree.process('web').runs]).toEqual([pid, 1])
    await tree.restart('web')
    await tree.passes(100)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGQUIT'])
    expect(tree.simulation.host.present('web')?.order.spec.cwd).toBe('/elsewhere')
  })

  test('[DE2] that waits to be restarted goes on waiting, with its counters', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) } })
    await tree.passes(350)
    const before = tree.process('web')
    await tree.declare({ web: { restart: 'on-failure' } })
    expect(tree.process('web')).toEqual({ ...before, spec: tree.process('web').spec })
    expect(before.state.tag).toBe('delayed')
  })

  test('[DE2] that has failed for good, completed or was stopped stays so', async () => {
    await using tree = await aTree({
      failed: { restart: 'no', program: exitsWith(1) },
      done: { oneshot: true, program: exitsWith(0) },
      off: {},
    })
    await tree.stop('off')
    await tree.passes(100)
    await tree.declare({ failed: {}, done: { oneshot: true }, off: {} })
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ failed: 'failed', done: 'completed', off: 'stopped' })
  })

  test('[DE2] follows its restart policy as it is declared by now', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1, { after: 100 }) } })
    await tree.declare({ web: { restart: 'no' } })
    await tree.passes(200)
    expect(tree.status('web')).toBe('failed')
  })

  test('[DE2] that is going down has the stop timeout that is declared by now', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.stop('web')
    await tree.passes(500)
    await tree.declare({ web: { stop: { timeout: 2000 } } })
    await tree.passes(2000)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM', '2000 gets SIGKILL (everything)'])
  })

  test('[DE2] whose leftovers are being cleaned up is cleaned up, whatever its kill mode is by now', async () => {
    const program = { children: [{ obeysAfter: 'never', escaped: true }] } as const
    await using tree = await aTree({ web: { stop: { timeout: 1000 }, program } })
    await tree.stop('web')
    await tree.passes(100)
    await tree.declare({ web: { stop: { timeout: 1000, mode: 'process' } } })
    await tree.passes(1000)
    expect([tree.status('web'), tree.simulation.host.living()]).toEqual(['stopped', []])
  })

  test('[DE2] that was to be killed alone is killed with all that is left, if its kill mode says so by now', async () => {
    const program = { obeysAfter: 'never', diesAfter: 500, children: [ignoresTerm] } as const
    await using tree = await aTree({ web: { stop: { timeout: 1000, mode: 'process' }, program } })
    await tree.stop('web')
    await tree.passes(1100)
    await tree.declare({ web: { stop: { timeout: 1000, mode: 'group' } } })
    await tree.passes(1000)
    expect([tree.status('web'), tree.simulation.host.living()]).toEqual(['stopped', []])
  })

  test('[DE2] that gets a parent goes down and comes back with it, and no longer when it loses it', async () => {
    await using tree = await aTree({ db: {}, web: {} })
    await tree.declare({ web: { parent: 'db' } })
    await tree.restart('db')
    await tree.passes(100)
    expect(tree.process('web').runs).toBe(2)
    await tree.declare({ web: {} })
    await tree.restart('db')
    await tree.passes(100)
    expect([tree.process('db').runs, tree.process('web').runs]).toEqual([3, 2])
  })

  test('[DE2] that waits starts when what it waits for is no longer declared', async () => {
    await using tree = await aTree({ db: { autostart: false }, web: { edges: [anEdge('db')] } })
    expect(tree.status('web')).toBe('blocked')
    await tree.declare({ web: {} })
    expect(tree.status('web')).toBe('running')
  })

  test('[DE2] at its preruns begins with those that are declared by now', async () => {
    await using tree = await aTree({
      old: { ...task, program: exitsWith(0, { after: 500 }) },
      new: { ...task, program: exitsWith(0, { after: 100 }) },
      web: { prerun: ['old'] },
    })
    await tree.passes(50)
    await tree.declare({ web: { prerun: ['new'] } })
    await tree.passes(1000)
    expect(startsOf(tree, 'new')).toEqual([50])
    expect(startsOf(tree, 'web')).toEqual([150])
  })

  test('[DE2] that becomes a place for preruns completes with them', async () => {
    await using tree = await aTree({
      setup: { ...task, program: exitsWith(0, { after: 100 }) },
      web: { prerun: ['setup'] },
    })
    await tree.declare({ web: { prerun: ['setup'], command: null } })
    await tree.passes(200)
    expect([tree.status('web'), startsOf(tree, 'web')]).toEqual(['completed', []])
  })

  test('[DE2] is not held to a way to say that it is ready that it was not told of', async () => {
    await using tree = await aTree({ web: { program: { readyAfter: 'never' } } })
    await tree.declare({ web: { ready: aNotification({ watchdog: 500 }) } })
    await tree.passes(5000)
    expect([tree.isReady('web'), tree.process('web').runs]).toEqual([true, 1])
    await tree.restart('web')
    await tree.passes(100)
    expect(tree.status('web')).toBe('init')
  })

  test('[DE2] keeps the watchdog that it was told of', async () => {
    const program = { silentFrom: 2000 }
    await using tree = await aTree({ web: { ready: aNotification({ watchdog: 1000 }), program } })
    await tree.declare({ web: { ready: aNotification({ watchdog: 100 }) } })
    await tree.passes(2000)
    expect(tree.process('web').runs).toBe(1)
    await tree.passes(1500)
    expect(tree.process('web').runs).toBe(2)
  })

  test('[DE3] is wanted as before, unless its declaration says how', async () => {
    await using tree = await aTree({ a: {}, b: {}, c: {} })
    await tree.stop('a')
    await tree.stop('b')
    await tree.passes(100)
    await tree.declare({ a: {}, b: { want: 'up' }, c: { want: 'down' } })
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'running', c: 'stopped' })
  })
})

describe('checks that change', () => {
  test('[DE4] a run stays ready until the new check says otherwise, asked at once', async () => {
    await using tree = await aTree({ web: { program: { readyAfter: 60_000, answersAfter: 100 } } })
    await tree.passes(1000)
    await tree.declare({ web: { ready: aReadiness() } })
    await tree.passes(99)
    expect(tree.isReady('web')).toBe(true)
    await tree.passes(1)
    expect([tree.isReady('web'), tree.status('web'), ...tree.why('web')]).toEqual([
      false,
      'running',
      'no-longer-ready',
      'spawned',
      'asked',
    ])
  })

  test('[DE4] a check that is asked no more once it has passed is asked until then', async () => {
    await using tree = await aTree({ web: { ready: aReadiness(), program: { unready: [[1000, 4000]] } } })
    await tree.passes(500)
    await tree.declare({ web: { ready: aReadiness({ period: 100 }) } })
    await tree.passes(1000)
    expect(tree.isReady('web')).toBe(false)
    await tree.declare({ web: { ready: aReadiness({ period: null }) } })
    await tree.passes(2000)
    expect(tree.isReady('web')).toBe(false)
    await tree.passes(1000)
    expect(tree.isReady('web')).toBe(true)
    const asked = answersOf(tree, 'web', 'ready').length
    await tree.passes(10_000)
    expect(answersOf(tree, 'web', 'ready').length).toBe(asked)
  })

  test('[DE4] a run that is starting is ready by the new check alone', async () => {
    await using tree = await aTree({
      web: { ready: aNotification(), program: { readyAfter: 'never' } },
      api: { ready: aReadiness(), program: { readyAfter: 'never' } },
    })
    await tree.declare({ web: {}, api: {} })
    expect([tree.isReady('web'), tree.isReady('api')]).toEqual([true, true])
  })

  test('[DE4] the start timeout is the new one, less what has passed', async () => {
    await using tree = await aTree({ web: { ready: aReadiness(), program: { readyAfter: 'never' } } })
    await tree.passes(1000)
    await tree.declare({ web: { ready: aReadiness(), startTimeout: 3000 } })
    await tree.passes(1999)
    expect(signalsTo(tree, 'web')).toEqual([])
    await tree.passes(1)
    expect(signalsTo(tree, 'web')).toEqual(['3000 gets SIGTERM'])
  })

  test('[DE4] a new monitor is first asked one period later, an old one keeps its count', async () => {
    const old = aMonitor({ name: 'old', period: 1000, check: { tag: 'retries', retries: 1, of: aCheck('health') } })
    await using tree = await aTree({
      web: {
        monitors: [old],
        program: {
          sick: [
            [900, 1100],
            [1900, 2100],
          ],
        },
      },
    })
    await tree.passes(1500)
    await tree.declare({ web: { monitors: [aMonitor({ name: 'new', period: 5000 }), old] } })
    await tree.passes(600)
    expect(tree.process('web').exit).toEqual({ tag: 'signal', signal: 'SIGTERM' })
    expect(answersOf(tree, 'web', 0)).toEqual([1001])
    expect(answersOf(tree, 'web', 1)).toEqual([2002])
  })

  test('[DE4] an old monitor that has another place now is asked again, if it was being asked', async () => {
    const old = aMonitor({ name: 'old', period: 1000 })
    await using tree = await aTree({ web: { monitors: [old], program: { answersAfter: 200 } } })
    await tree.passes(1100)
    await tree.declare({ web: { monitors: [aMonitor({ name: 'new', period: 5000 }), old] } })
    await tree.passes(1500)
    expect(answersOf(tree, 'web', 1)).toEqual([1300, 2500])
  })

  test('[DE4] an answer to a check that is no longer declared changes nothing', async () => {
    await using tree = await aTree({
      web: { ready: aReadiness(), program: { answersAfter: 500, readyAfter: 'never' } },
    })
    await tree.passes(100)
    await tree.declare({ web: { ready: null } })
    await tree.declare({ web: { ready: aReadiness({ check: aCheck('other') }) } })
    expect(tree.isReady('web')).toBe(true)
    // The first answer is of the check before.
    await tree.passes(450)
    expect(answersOf(tree, 'web', 'ready')).toEqual([500])
    expect(tree.isReady('web')).toBe(true)
    await tree.passes(100)
    expect(tree.isReady('web')).toBe(false)
  })

  test('[DE4] an answer to a monitor that is no longer declared changes nothing', async () => {
    await using tree = await aTree({
      web: { monitors: [aMonitor({ period: 100 })], program: { answersAfter: 300, sick: [[0, 500]] } },
    })
    await tree.passes(200)
    await tree.declare({ web: { monitors: [aMonitor({ name: 'other', period: 1000 })] } })
    await tree.passes(2000)
    expect(answersOf(tree, 'web', 0)).toEqual([400, 1500])
    expect(tree.process('web').runs).toBe(1)
  })

  test('[DE4] a new period is counted from when it is declared, an unchanged one goes on', async () => {
    const every = (period: number) => ({ ...task, trigger: { schedule: { tag: 'every', period } as const } })
    const program = exitsWith(0)
    await using tree = await aTree({ old: { ...every(1000), program }, late: { ...every(1000), program } })
    await tree.passes(700)
    await tree.declare({ old: every(1000), late: every(2000), fresh: { ...every(500), program } })
    await tree.passes(2100)
    expect(startsOf(tree, 'old')).toEqual([1000, 2000])
    expect(startsOf(tree, 'late')).toEqual([2700])
    expect(startsOf(tree, 'fresh')).toEqual([1200, 1700, 2200, 2700])
    await tree.declare({ fresh: task })
    await tree.passes(2000)
    expect(startsOf(tree, 'fresh').length).toBe(4)
  })
})

describe('a process that is deleted', () => {
  test('[DE5] is stopped and forgotten when nothing of it is left, after those that go down with it', async () => {
    await using tree = await aTree({
      db: { program: { children: [{ obeysAfter: 400 }] } },
      web: { parent: 'db', program: { obeysAfter: 300 } },
    })
    await tree.delete('db')
    await tree.passes(699)
    expect(signalsTo(tree, 'db')).toEqual(['300 gets SIGTERM', '305 gets SIGTERM'])
    expect(tree.statuses()).toEqual({ db: 'running', web: 'queued' })
    await tree.passes(1)
    expect(tree.statuses()).toEqual({ web: 'blocked' })
    expect(tree.process('web').state.reason).toMatchObject({ dependency: 'db', found: 'there is no such process' })
  })

  test('[DE5] at rest, waiting or to be restarted is forgotten at once', async () => {
    await using tree = await aTree({
      off: { autostart: false },
      blocked: { edges: [anEdge('off')] },
      crashing: { program: exitsWith(1) },
      failed: { restart: 'no', program: exitsWith(1) },
      done: { oneshot: true, program: exitsWith(0) },
    })
    await tree.passes(50)
    for (const name of ['off', 'blocked', 'crashing', 'failed', 'done']) await tree.delete(name)
    expect(tree.statuses()).toEqual({})
    await tree.passes(60_000)
    expect(startsOf(tree, 'crashing')).toEqual([0])
  })

  test('[DE5] while it is being spawned goes as soon as it can', async () => {
    await using tree = await aTree({ web: {} }, { begun: false })
    tree.simulation.engine.subscribe(({ after, before }) => {
      if (before.phase.tag === 'idle' && after.phase.tag === 'up') void tree.delete('web')
    })
    await tree.begin()
    await tree.passes(100)
    expect([tree.statuses(), tree.simulation.host.living()]).toEqual([{}, []])
  })

  test('[DE5] by force is killed at once', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.delete('web', { force: true })
    await tree.passes(0)
    expect([tree.statuses(), signalsTo(tree, 'web')]).toEqual([{}, ['0 gets SIGKILL (everything)']])
  })

  test('[DE5] before the begin, and while everything ends, is forgotten too', async () => {
    await using tree = await aTree({ web: {}, api: {} }, { begun: false })
    await tree.delete('web')
    expect(Object.keys(tree.statuses())).toEqual(['api'])
    await tree.begin()
    await tree.signal('SIGTERM')
    await tree.delete('api')
    await tree.passes(1000)
    expect([tree.statuses(), tree.code]).toEqual([{}, 0])
  })

  test('[DE5] is told as one that left, with its last words', async () => {
    await using tree = await aTree({ web: {} })
    const told: unknown[] = []
    tree.simulation.engine.subscribe(({ transitions }) => {
      for (const { process, from, to, reason } of transitions) told.push([from, to, process.exit?.tag, reason.tag])
    })
    await tree.delete('web')
    await tree.passes(100)
    expect(told).toEqual([
      ['running', 'running', undefined, 'asked'],
      ['running', null, 'signal', 'asked'],
    ])
  })

  test('[DE6] that survives SIGKILL stays until it is gone', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 'never', diesAfter: 5000 } } })
    await tree.delete('web', { force: true })
    await tree.passes(4000)
    expect(tree.status('web')).toBe('stuck')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({})
  })

  test('[DE7] stays when somebody starts, restarts or stops it meanwhile', async () => {
    for (const [verb, after] of [
      ['start', 'running'],
      ['restart', 'running'],
      ['stop', 'stopped'],
    ] as const) {
      await using tree = await aTree({ web: { program: { obeysAfter: 1000 } } })
      await tree.delete('web')
      await tree[verb]('web')
      await tree.passes(2000)
      expect(tree.statuses()).toEqual({ web: after })
    }
  })

  test('[DE7] stays when it is declared meanwhile, as if it were new', async () => {
    await using tree = await aTree({
      a: { program: { obeysAfter: 1000 } },
      b: { program: { obeysAfter: 1000 } },
      c: { program: { obeysAfter: 1000 } },
    })
    for (const name of ['a', 'b', 'c']) await tree.delete(name)
    await tree.declare({ a: {}, b: { autostart: false }, c: { want: 'down' } })
    await tree.passes(2000)
    expect(tree.statuses()).toEqual({ a: 'running', b: 'stopped', c: 'stopped' })
    expect(tree.process('a').runs).toBe(2)
    expect(crimesIn(tree)).toEqual([])
  })

  test('[DE7] is deleted when that was the last word', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } } })
    await tree.restart('web')
    await tree.delete('web')
    await tree.passes(2000)
    expect([tree.statuses(), startsOf(tree, 'web')]).toEqual([{}, [0]])
  })
})

describe('who waits for a process that is deleted', () => {
  test('[DE8] as for its prerun is told that it failed, when it is gone', async () => {
    await using tree = await aTree({
      setup: { ...task, program: { obeysAfter: 100 } },
      web: { prerun: ['setup'] },
    })
    await tree.passes(1000)
    await tree.delete('setup')
    expect(tree.status('web')).toBe('init')
    await tree.passes(100)
    expect([tree.status('web'), ...tree.why('web')]).toEqual(['failed', 'prerun-failed', 'no-such-oneshot'])
  })

  test('[DE8] as for a special is served, and what was held down comes up again', async () => {
    const special = { ...task, trigger: { signal: 'SIGUSR1', shutdown: true } } as const
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } }, backup: special })
    await tree.signal('SIGUSR1')
    expect(tree.status('web')).toBe('restarting')
    await tree.delete('backup')
    await tree.passes(2000)
    expect(tree.statuses()).toEqual({ web: 'running' })
  })

  test('[DE8] calls that were queued for it are off, and the next one has its turn', async () => {
    const special = { ...task, trigger: { signal: 'SIGUSR1' }, program: exitsWith(0, { after: 1000 }) } as const
    await using tree = await aTree({ a: special, b: special, c: special })
    await tree.signal('SIGUSR1')
    await tree.delete('b')
    await tree.passes(500)
    await tree.delete('a')
    await tree.passes(1500)
    expect(tree.news().filter((line) => line.endsWith('starts'))).toEqual(['0 a starts', '505 c starts'])
    expect(tree.simulation.engine.world.specials.queue).toEqual([])
  })

  test('[DE8] a task that is no oneshot any more serves nobody', async () => {
    await using tree = await aTree({ setup: { ...task }, web: { prerun: ['setup'] } })
    await tree.declare({ setup: {} })
    await tree.passes(0)
    expect([tree.status('web'), ...tree.why('web')]).toEqual(['failed', 'prerun-failed', 'no-such-oneshot'])
  })
})

describe('names that nobody has', () => {
  test('[DE9] block those that depend on them, until somebody declares them', async () => {
    await using tree = await aTree({ web: { edges: [anEdge('db')] }, api: { parent: 'web' } })
    expect(tree.statuses()).toEqual({ web: 'blocked', api: 'blocked' })
    await tree.declare({ db: { ready: aReadiness() } })
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running', api: 'running' })
  })

  test('[DE9] as a prerun fail the attempt, which is tried again after the longest delay', async () => {
    await using tree = await aTree({ web: { prerun: ['setup'] } })
    expect(tree.status('web')).toBe('failed')
    await tree.declare({ setup: task })
    await tree.passes(9999)
    expect(tree.status('web')).toBe('failed')
    await tree.passes(1)
    expect(tree.status('setup')).toBe('running')
  })

  test('[DE9] as a prerun of a special end its turn', async () => {
    const special = { ...task, restart: 'on-failure', trigger: { signal: 'SIGUSR1', shutdown: true } } as const
    await using tree = await aTree({ web: {}, backup: { ...special, prerun: ['setup'] } })
    await tree.signal('SIGUSR1')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ web: 'running', backup: 'failed' })
  })

  test('[DE9] as a prerun are passed over where a failing one is', async () => {
    await using tree = await aTree({ web: { prerun: ['setup'], prerunFailure: 'ignore' } })
    expect(tree.status('web')).toBe('running')
  })
})

describe('a circle of dependencies', () => {
  test('[DE10] does not start, harms nobody else, and starts when it is opened', async () => {
    await using tree = await aTree({})
    await tree.declare({
      a: { parent: 'c' },
      b: { parent: 'a' },
      c: { parent: 'b' },
      self: { parent: 'self' },
      web: {},
    })
    expect(tree.statuses()).toEqual({ a: 'queued', b: 'queued', c: 'queued', self: 'queued', web: 'running' })
    await tree.declare({ a: {} })
    expect(tree.status('c')).toBe('running')
  })

  test('[DE10] that is closed while all run goes down without waiting for itself', async () => {
    await using tree = await aTree({ a: {}, b: { parent: 'a' }, c: { parent: 'b' } })
    await tree.declare({ a: { parent: 'c' } })
    expect(tree.statuses()).toEqual({ a: 'running', b: 'running', c: 'running' })
    await tree.signal('SIGTERM')
    await tree.passes(100)
    expect(tree.code).toBe(0)
  })

  test('[DE10] does not remember without end who waited for whom', async () => {
    await using tree = await aTree({ a: { parent: 'b' }, b: { parent: 'a' } })
    for (let i = 0; i < 10; i++) {
      await tree.start('a')
      await tree.start('b')
    }
    expect([tree.why('a'), tree.why('b')]).toEqual([['waits-for'], ['waits-for']])
  })
})

describe('readiness by age', () => {
  const elapsed = { tag: 'elapsed', after: 2000 } as const

  test('[DE15] a run is running at once and ready when it has lived so long', async () => {
    await using tree = await aTree({ db: { ready: elapsed }, web: { edges: [anEdge('db')] } })
    expect(tree.statuses()).toEqual({ db: 'running', web: 'queued' })
    await tree.passes(1999)
    expect(tree.isReady('db')).toBe(false)
    await tree.passes(1)
    expect(tree.isReady('db')).toBe(true)
    expect(startsOf(tree, 'web')).toEqual([2000])
  })

  test('[DE15] each run counts for itself, and a process without a program has none', async () => {
    await using tree = await aTree({ db: { ready: elapsed, program: [diesBy('SIGKILL', { after: 3000 }), {}] } })
    await tree.passes(4000)
    expect([tree.status('db'), tree.isReady('db')]).toEqual(['running', false])
    await tree.passes(1100)
    expect(tree.isReady('db')).toBe(true)
  })

  test('[DE15] [DE4] that is declared while it runs counts from its birth, and takes nothing back', async () => {
    await using tree = await aTree({
      young: { ready: aReadiness(), program: { readyAfter: 'never' } },
      ready: {},
    })
    await tree.passes(1500)
    await tree.declare({ young: { ready: elapsed }, ready: { ready: elapsed } })
    expect([tree.status('young'), tree.isReady('young'), tree.isReady('ready')]).toEqual(['running', false, true])
    await tree.passes(500)
    expect(tree.isReady('young')).toBe(true)
  })
})
