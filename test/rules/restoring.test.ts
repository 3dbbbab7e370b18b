import { describe, expect, test } from 'bun:test'
import { afterTakingBack, grounded } from '../../src/core/taking-back.ts'
import { aMonitor, anEdge, aNotification, aReadiness, parentEdge } from '../sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../sim/habit.ts'
import { aTree, type Tree } from '../sim/tree.ts'
import { crimesIn, signalsTo, startsOf } from './news.ts'

const by = { verb: 'test', user: null }
const task = { oneshot: true, autostart: false } as const

/** Nobody knows the runs of the supervisor before: this machine has been started anew. */
function rebooted(tree: Tree): void {
  tree.simulation.host.calmDown()
  for (const name of tree.simulation.host.living()) {
    const run = tree.simulation.host.present(name)
    run?.forsake()
    run?.signal('SIGKILL', 'everything')
  }
}

describe('a world from a store', () => {
  test('[DE11] has the same processes, with their runs and counters, and starts no second copy', async () => {
    await using tree = await aTree({
      web: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      api: { parent: 'web' },
    })
    await tree.passes(1000)
    const before = ['web', 'api'].map((name) => tree.process(name))
    await tree.falls({ away: 5000 })
    for (const { id, spec, runs, restarts, createdAt, lastPid, since } of before) {
      expect(tree.process(spec.name)).toMatchObject({ id, runs, restarts, createdAt, lastPid, since })
    }
    expect(tree.statuses()).toEqual({ web: 'running', api: 'running' })
    await tree.restart('web')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ web: 'running', api: 'running' })
    expect(crimesIn(tree)).toEqual([])
  })

  test('[DE11] a deliberate stop stays; what was wanted and stopped starts', async () => {
    await using tree = await aTree({
      off: {},
      bound: { edges: [anEdge('off', { onExit: 'stop' })] },
      manual: { autostart: false },
    })
    await tree.stop('off')
    await tree.passes(100)
    expect(tree.status('bound')).toBe('stopped')
    await tree.falls()
    expect(tree.statuses()).toEqual({ off: 'stopped', bound: 'blocked', manual: 'stopped' })
  })

  test('[DE11] a delay goes on, and so does the next try of what could not be spawned', async () => {
    await using tree = await aTree({
      web: { program: [exitsWith(1), exitsWith(1), exitsWith(1), {}] },
      api: { program: [{ spawnFails: 'ENOENT' }, {}] },
    })
    await tree.passes(400)
    await tree.falls({ away: 100 })
    expect([tree.status('web'), tree.status('api')]).toEqual(['restarting', 'failed'])
    await tree.passes(10_000)
    expect(startsOf(tree, 'web')).toEqual([0, 100, 300, 700])
    expect(startsOf(tree, 'api')).toEqual([10_000])
  })

  test('[DE11] what is due when it begins is done at once', async () => {
    await using tree = await aTree({ web: { program: [exitsWith(1), {}] } })
    await tree.passes(50)
    await tree.falls({ away: 60_000 })
    expect([tree.status('web'), startsOf(tree, 'web')]).toEqual(['running', [0, 60_050]])
  })

  test('[DE11] what has completed or failed for good stays so', async () => {
    await using tree = await aTree({
      setup: { oneshot: true, program: exitsWith(0) },
      broken: { restart: 'no', program: exitsWith(1) },
      web: { edges: [anEdge('setup', { condition: 'completed' })] },
    })
    await tree.passes(100)
    await tree.falls({ away: 100 })
    expect(tree.statuses()).toEqual({ setup: 'completed', broken: 'failed', web: 'running' })
    expect(startsOf(tree, 'setup')).toEqual([0])
  })

  test('[DE11] whoever was at its preruns begins them anew', async () => {
    await using tree = await aTree({
      setup: { ...task, program: exitsWith(0, { after: 500 }) },
      web: { prerun: ['setup'] },
    })
    await tree.passes(100)
    await tree.falls({ away: 50 })
    await tree.passes(2000)
    expect(startsOf(tree, 'setup')).toEqual([0, 500])
    expect(startsOf(tree, 'web')).toEqual([1000])
  })

  test('[DE11] the end of a run is heard before the begin, and under its policy', async () => {
    await using tree = await aTree({ web: { program: [diesBy('SIGKILL', { after: 100 }), {}] } })
    await tree.falls({ away: 1000, hearsFirst: true })
    expect(tree.process('web').exit).toEqual({ tag: 'signal', signal: 'SIGKILL' })
    expect([tree.status('web'), ...tree.why('web')]).toEqual(['restarting', 'delay', 'exited'])
    await tree.passes(100)
    expect(startsOf(tree, 'web')).toEqual([0, 1100])
  })

  test('[DE11] who lives on what has ended goes down, and comes back with it', async () => {
    await using tree = await aTree({ db: { program: [diesBy('SIGKILL', { after: 100 }), {}] }, web: { parent: 'db' } })
    await tree.falls({ away: 1000 })
    expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM'])
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
  })

  test('[DE11] what a run left behind is cleaned up as in a stop', async () => {
    const program = { ends: { after: 100, exit: { tag: 'code', code: 1 } as const }, children: [{ obeysAfter: 300 }] }
    await using tree = await aTree({ web: { program: [program, {}] } })
    await tree.falls({ away: 1000 })
    expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM'])
    await tree.passes(2000)
    expect([tree.status('web'), startsOf(tree, 'web'), crimesIn(tree)]).toEqual(['running', [0, 1400], []])
  })

  test('[DE11] a deletion that was under way goes on', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } }, api: { program: { obeysAfter: 50 } } })
    await tree.delete('web')
    await tree.delete('api')
    await tree.falls({ away: 500 })
    expect(tree.statuses()).toEqual({ web: 'running' })
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({})
  })

  test('[DE11] a period goes on', async () => {
    const trigger = { schedule: { tag: 'every', period: 1000 } as const }
    await using tree = await aTree({ cron: { ...task, trigger, program: exitsWith(0) } })
    await tree.passes(700)
    await tree.falls({ away: 100 })
    await tree.passes(1500)
    expect(startsOf(tree, 'cron')).toEqual([1000, 2000])
  })
})

describe('a live run that is taken back', () => {
  test('[DE12] has what is left of its start timeout', async () => {
    const program = { readyAfter: 'never' } as const
    await using tree = await aTree({ web: { ready: aReadiness(), startTimeout: 10_000, program } })
    await tree.passes(1000)
    await tree.falls({ away: 1000 })
    await tree.passes(7999)
    expect(signalsTo(tree, 'web')).toEqual([])
    await tree.passes(1)
    expect(signalsTo(tree, 'web')).toEqual(['10000 gets SIGTERM'])
  })

  test('[DE12] that became ready when nobody asked has time to say so, though its start timeout is over', async () => {
    await using tree = await aTree({
      web: { ready: aReadiness(), startTimeout: 2000, program: { readyAfter: 1500, answersAfter: 900 } },
    })
    await tree.passes(1000)
    await tree.falls({ away: 60_000 })
    await tree.passes(900)
    expect([tree.isReady('web'), tree.process('web').runs]).toEqual([true, 1])
  })

  test('[DE12] whose READY=1 may be lost has a new start timeout, and outliving it counts as ready', async () => {
    const socket = { ready: aNotification({ via: 'socket' }), startTimeout: 2000, program: { readyAfter: 1500 } }
    await using tree = await aTree({ web: socket })
    await tree.passes(1000)
    await tree.falls({ away: 60_000 })
    await tree.passes(1999)
    expect(tree.status('web')).toBe('init')
    await tree.passes(1)
    expect([tree.isReady('web'), tree.process('web').runs, ...tree.why('web')].slice(0, 3)).toEqual([
      true,
      1,
      'assumed-ready',
    ])
  })

  test('[DE12] that says so in time is ready as ever, and one by descriptor has no second chance', async () => {
    await using tree = await aTree({
      web: { ready: aNotification(), startTimeout: 5000, program: { readyAfter: 4000 } },
      fd: { ready: aNotification({ via: 'fd' }), startTimeout: 5000, program: { readyAfter: 'never' } },
    })
    await tree.passes(1000)
    await tree.falls({ away: 1000 })
    await tree.passes(2000)
    expect([tree.isReady('web'), tree.why('web')[0]]).toEqual([true, 'became-ready'])
    await tree.passes(2000)
    expect(signalsTo(tree, 'fd')).toEqual(['5000 gets SIGTERM'])
  })

  test('[DE12] that is going down has what is left of its stop timeout', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.stop('web')
    await tree.passes(2000)
    await tree.falls({ away: 3000 })
    await tree.passes(5000)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM', '10000 gets SIGKILL (everything)'])
    expect(tree.status('web')).toBe('stopped')
  })

  test('[DE12] whose main process had ended goes on being cleaned up, and that end is not forgotten', async () => {
    const program = { ...exitsWith(7, { after: 100 }), children: [{ obeysAfter: 2000 }] }
    await using tree = await aTree({ web: { restart: 'no', program } })
    await tree.passes(500)
    tree.simulation.host.tellsExits = false
    await tree.falls({ away: 500 })
    await tree.passes(2000)
    expect(signalsTo(tree, 'web')).toEqual(['100 gets SIGTERM'])
    expect([tree.status('web'), tree.process('web').exit]).toEqual(['failed', { tag: 'code', code: 7 }])
  })

  test('[DE12] whose SIGKILL was recorded and never sent gets it', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    const { id } = tree.process('web')
    const event = { tag: 'process', process: id, event: { tag: 'stop', by, force: true } } as const
    await tree.falls({ away: 100, last: { event, spawns: false } })
    expect(signalsTo(tree, 'web')).toEqual(['100 gets SIGKILL (everything)'])
    await tree.passes(0)
    expect(tree.status('web')).toBe('stopped')
  })

  test('[DE12] is asked again what nobody has answered', async () => {
    const program = { answersAfter: 800, sick: [[3000, 90_000]] as const }
    await using tree = await aTree({
      web: { monitors: [aMonitor({ period: 1000 })], ready: aReadiness(), program: [program, {}] },
    })
    await tree.passes(2000)
    await tree.falls({ away: 5000 })
    await tree.passes(1000)
    expect(tree.process('web').exit).toEqual({ tag: 'signal', signal: 'SIGTERM' })
  })

  test('[DE12] has its watchdog counted anew', async () => {
    await using tree = await aTree({ web: { ready: aNotification({ watchdog: 1000 }) } })
    await tree.passes(1000)
    await tree.falls({ away: 60_000 })
    await tree.passes(5000)
    expect([tree.isReady('web'), tree.process('web').runs]).toEqual([true, 1])
  })
})

describe('a run that nobody knows any more', () => {
  test('[DE13] has ended now, nobody knows how, under its policy', async () => {
    await using tree = await aTree({ web: {}, once: { restart: 'no' }, off: { program: { obeysAfter: 60_000 } } })
    await tree.passes(20_000)
    await tree.stop('off')
    rebooted(tree)
    const stored = ['web', 'once', 'off'].map((name) => afterTakingBack(tree.process(name), 30_000, 'lost'))
    expect(stored.map(({ state }) => state.tag)).toEqual(['waiting', 'failed', 'stopped'])
    expect(stored.map(({ exit }) => exit?.tag)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(stored[0]?.state.reason).toMatchObject({ tag: 'exited', lived: 30_000, exit: { tag: 'unknown' } })
  })

  test('[DE13] after a short life is restarted with its delay', async () => {
    await using tree = await aTree({ web: {} })
    await tree.passes(1000)
    expect(afterTakingBack(tree.process('web'), 1500, 'lost').state).toMatchObject({ tag: 'delayed', until: 1600 })
  })

  test('[DE13] whose spawn was recorded and never done has ended', async () => {
    await using tree = await aTree({ web: { autostart: false } })
    const event = { tag: 'process', process: tree.process('web').id, event: { tag: 'start', by } } as const
    await tree.falls({ away: 100, last: { event, spawns: false } })
    expect([tree.status('web'), tree.process('web').runs]).toEqual(['restarting', 1])
    await tree.passes(100)
    expect([tree.status('web'), tree.process('web').runs, crimesIn(tree)]).toEqual(['running', 2, []])
  })

  test('[DE12] a spawn that was done and never recorded goes on when its run is found', async () => {
    const ready = aNotification()
    await using tree = await aTree({
      web: { autostart: false, ready, startTimeout: 1000, program: { readyAfter: 50 } },
    })
    const event = { tag: 'process', process: tree.process('web').id, event: { tag: 'start', by } } as const
    await tree.falls({ away: 100, last: { event, spawns: true } })
    await tree.passes(1000)
    expect([tree.status('web'), startsOf(tree, 'web'), crimesIn(tree)]).toEqual(['running', [0], []])
  })
})

describe('who had called for a run', () => {
  test('[DE14] is gone: what was running for somebody runs to its end', async () => {
    const special = { ...task, trigger: { signal: 'SIGUSR1' } } as const
    await using tree = await aTree({ backup: { ...special, program: exitsWith(0, { after: 2000 }) }, web: {} })
    await tree.signal('SIGUSR1')
    await tree.passes(500)
    await tree.falls({ away: 500 })
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ backup: 'completed', web: 'running' })
    expect(signalsTo(tree, 'backup')).toEqual([])
  })

  test('[DE14] is gone: what was yet to run does not', async () => {
    const special = { ...task, trigger: { signal: 'SIGUSR1' }, program: exitsWith(0, { after: 1000 }) } as const
    await using tree = await aTree({ a: special, b: special })
    await tree.signal('SIGUSR1')
    await tree.falls({ away: 100 })
    await tree.passes(5000)
    expect([startsOf(tree, 'a'), startsOf(tree, 'b')]).toEqual([[0], []])
  })
})

test('[TR3] [TB27] a run that was never recorded stands on the present runs of what it is bound to', async () => {
  await using tree = await aTree({ db: {}, log: {}, web: { parent: 'db', edges: [parentEdge('db'), anEdge('log')] } })
  await tree.passes(100)
  const [db, log, web] = [tree.process('db'), tree.process('log'), tree.process('web')]
  const state = {
    tag: 'spawning',
    reason: web.state.reason,
    n: 2,
    standsOn: new Map(),
    promised: null,
    doom: null,
  } as const
  const others = new Map([db, log, web].map((process) => [process.spec.name, process]))
  expect(grounded({ ...web, runs: 2, state }, others).state).toMatchObject({ standsOn: new Map([['db', db.runs]]) })
  expect(grounded(web, others)).toBe(web)
})
