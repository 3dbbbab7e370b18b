import { describe, expect, test } from 'bun:test'
import { aReadiness } from '../../test/sim/builders.ts'
import { exitsWith } from '../../test/sim/habit.ts'
import { aTree, type Actor } from '../../test/sim/tree.ts'

/** A oneshot that takes 100 ms and runs when it is called for. */
function special(trigger: NonNullable<Actor['trigger']>, actor: Actor = {}): Actor {
  return { oneshot: true, autostart: false, program: exitsWith(0, { after: 100 }), trigger, ...actor }
}

describe('by signal', () => {
  test('[SP1] it runs once for each signal, instead of what the signal does otherwise', async () => {
    await using tree = await aTree({ web: {}, backup: special({ signal: 'SIGHUP' }) })
    await tree.signal('SIGHUP')
    expect(tree.statuses()).toEqual({ web: 'running', backup: 'running' })
    await tree.passes(1000)
    await tree.signal('SIGHUP')
    await tree.passes(1000)
    expect([tree.process('backup').runs, tree.status('backup'), tree.code]).toEqual([2, 'completed', null])
  })

  test('[SP1] a signal that comes during the prologue is not lost', async () => {
    const prologue = [{ name: 'first', check: { tag: 'all', of: [] }, period: 1000 }] as const
    await using tree = await aTree({ backup: special({ signal: 'SIGHUP' }) }, { prologue, begun: false })
    await tree.signal('SIGHUP')
    expect(tree.code).toBeNull()
    await tree.begin()
    expect(tree.status('backup')).toBe('running')
  })

  test('[SP1] several with one signal run one after the other', async () => {
    await using tree = await aTree({ a: special({ signal: 'SIGUSR1' }), b: special({ signal: 'SIGUSR1' }) })
    await tree.signal('SIGUSR1')
    await tree.passes(1000)
    expect(tree.news()).toEqual(['0 a starts', '100 a exited with code 0', '100 b starts', '200 b exited with code 0'])
  })
})

describe('by schedule', () => {
  const every = { schedule: { tag: 'every', period: 1000 } } as const

  test('[SP2] it runs every period, counted from when the tree came up', async () => {
    const web = { ready: aReadiness({ slowest: 50 }), program: { readyAfter: 500, answersAfter: 0 } }
    await using tree = await aTree({ web, backup: special(every) })
    await tree.passes(4000)
    const starts = tree.news().filter((line) => line.endsWith('backup starts'))
    expect(starts).toEqual(['1500 backup starts', '2500 backup starts', '3500 backup starts'])
  })

  test('[SP2] the count starts anew after a run with shutdown', async () => {
    const backup = special({ ...every, shutdown: true }, { program: exitsWith(0, { after: 600 }) })
    const web = { ready: aReadiness({ slowest: 50 }), program: { readyAfter: 500, answersAfter: 0 } }
    await using tree = await aTree({ web, backup })
    await tree.passes(4000)
    const starts = tree.news().filter((line) => line.endsWith('backup starts'))
    // 500 until it is up, 1000 of the period, 5 to go down, 600 for the run; and again from there.
    expect(starts).toEqual(['1505 backup starts', '3610 backup starts'])
  })

  test('[SP4] a schedule that comes round before its last call was served does not queue twice', async () => {
    await using tree = await aTree({
      long: special({ signal: 'SIGUSR1' }, { program: exitsWith(0, { after: 10_000 }) }),
      backup: special(every),
    })
    await tree.signal('SIGUSR1')
    await tree.passes(10_500)
    expect(tree.process('backup').runs).toBe(1)
  })

  test('[SP2] a calendar that says so calls for it as well', async () => {
    await using tree = await aTree({
      backup: special({ schedule: { tag: 'cron', expression: '0 3 * * *', timeZone: null } }),
    })
    await tree.tell({ tag: 'due', process: tree.process('backup').id })
    expect(tree.status('backup')).toBe('running')
  })
})

describe('with shutdown', () => {
  test('[SP3] the tree goes down, the special runs when all of it is gone, and the tree starts again', async () => {
    await using tree = await aTree({
      db: { program: { obeysAfter: 300 } },
      web: { parent: 'db' },
      backup: special({ signal: 'SIGHUP', shutdown: true }),
    })
    tree.news()
    await tree.signal('SIGHUP')
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '0 web gets SIGTERM',
      '5 web was killed by SIGTERM',
      '5 db gets SIGTERM',
      '305 db was killed by SIGTERM',
      '305 backup starts',
      '405 backup exited with code 0',
      '405 db starts',
      '405 web starts',
    ])
  })

  test('[SP3] its own preruns run meanwhile, and nothing else does', async () => {
    await using tree = await aTree({
      web: {},
      mount: special({}),
      backup: special({ signal: 'SIGHUP', shutdown: true }, { prerun: ['mount'] }),
    })
    await tree.signal('SIGHUP')
    await tree.start('web')
    await tree.passes(150)
    expect(tree.statuses()).toEqual({ web: 'queued', mount: 'completed', backup: 'running' })
    await tree.passes(100)
    expect(tree.status('web')).toBe('running')
  })

  test('[SP3] what had been stopped stays stopped', async () => {
    await using tree = await aTree({ web: {}, api: {}, backup: special({ signal: 'SIGHUP', shutdown: true }) })
    await tree.stop('api')
    await tree.signal('SIGHUP')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ web: 'running', api: 'stopped', backup: 'completed' })
  })

  test('[SP3] the tree starts again though the special fails', async () => {
    const backup = special({ signal: 'SIGHUP', shutdown: true }, { program: exitsWith(1) })
    await using tree = await aTree({ web: {}, backup })
    await tree.signal('SIGHUP')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ web: 'running', backup: 'failed' })
  })
})

test('[SP3] one that is stopped by hand holds the tree until it is gone', async () => {
  const backup = special({ signal: 'SIGHUP', shutdown: true }, { program: { obeysAfter: 500 } })
  await using tree = await aTree({ web: {}, backup })
  await tree.signal('SIGHUP')
  await tree.passes(100)
  await tree.stop('backup')
  await tree.passes(499)
  expect(tree.status('web')).toBe('queued')
  await tree.passes(1)
  expect(tree.statuses()).toEqual({ web: 'running', backup: 'stopped' })
})

test('[RD1] a prerun that is stopped by hand is waited for until it is gone', async () => {
  await using tree = await aTree({
    setup: special({}, { program: { obeysAfter: 500 } }),
    web: { prerun: ['setup'], prerunFailure: 'ignore' },
  })
  await tree.stop('setup')
  await tree.passes(499)
  expect(tree.status('web')).toBe('init')
  await tree.passes(1)
  expect(tree.status('web')).toBe('running')
})

describe('taking turns', () => {
  test('[SP4] none is lost and none overlaps', async () => {
    await using tree = await aTree({
      web: {},
      a: special({ signal: 'SIGUSR1' }),
      b: special({ signal: 'SIGUSR2', shutdown: true }),
    })
    tree.news()
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGUSR1'] as const) await tree.signal(signal)
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '0 a starts',
      '100 a exited with code 0',
      '100 web gets SIGTERM',
      '105 web was killed by SIGTERM',
      '105 b starts',
      '205 b exited with code 0',
      '205 web starts',
      '205 a starts',
      '305 a exited with code 0',
    ])
  })

  test('[SP4] one that is stopped by hand gives its turn away', async () => {
    await using tree = await aTree({
      a: special({ signal: 'SIGUSR1' }, { program: {} }),
      b: special({ signal: 'SIGUSR2' }),
    })
    await tree.signal('SIGUSR1')
    await tree.signal('SIGUSR2')
    await tree.stop('a')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'completed' })
  })
})

describe('with terminate', () => {
  test('[SP5] everything ends after it has run, with 0, or with 1 when it failed', async () => {
    for (const code of [0, 1]) {
      const program = exitsWith(code, { after: 100 })
      await using tree = await aTree({ web: {}, last: special({ signal: 'SIGTERM', terminate: true }, { program }) })
      await tree.signal('SIGTERM')
      expect(tree.status('web')).toBe('running')
      await tree.passes(1000)
      expect(tree.code).toBe(code)
    }
  })
})

describe('oneshots that are called for', () => {
  test('[SP6] run once for each caller, one after the other', async () => {
    await using tree = await aTree({ setup: special({}), a: { prerun: ['setup'] }, b: { prerun: ['setup'] } })
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '0 setup starts',
      '100 setup exited with code 0',
      '100 setup starts',
      '100 a starts',
      '200 setup exited with code 0',
      '200 b starts',
    ])
  })

  test('[SP6] a run that is on its way when somebody calls does not count for the call', async () => {
    await using tree = await aTree({ setup: special({}), a: { prerun: ['setup'], autostart: false } })
    await tree.start('setup')
    await tree.passes(50)
    await tree.start('a')
    await tree.passes(1000)
    expect(tree.process('setup').runs).toBe(2)
    expect(tree.status('a')).toBe('running')
  })

  test('[SP7] a task without a program completes when its preruns have', async () => {
    await using tree = await aTree({ setup: special({}), place: { oneshot: true, command: null, prerun: ['setup'] } })
    await tree.passes(99)
    expect(tree.status('place')).toBe('init')
    await tree.passes(1)
    expect(tree.status('place')).toBe('completed')
  })

  test('[SP7] one that is called for as a special gives its turn back when a prerun of it fails', async () => {
    await using tree = await aTree({
      setup: special({}, { program: exitsWith(1) }),
      place: special({ signal: 'SIGUSR1' }, { command: null, prerun: ['setup'] }),
      next: special({ signal: 'SIGUSR2' }),
    })
    await tree.signal('SIGUSR1')
    await tree.signal('SIGUSR2')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ setup: 'failed', place: 'failed', next: 'completed' })
  })

  test('[SP7] however often it is called, its reasons do not grow', async () => {
    await using tree = await aTree({
      place: { oneshot: true, command: null, autostart: false, trigger: { signal: 'SIGUSR1' } },
    })
    for (let i = 0; i < 20; i++) await tree.signal('SIGUSR1')
    expect(tree.process('place').runs).toBe(20)
    expect(tree.why('place')).toEqual(['spawned', 'called-for'])
  })
})
