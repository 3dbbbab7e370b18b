import { describe, expect, test } from 'bun:test'
import { anEdge } from '../../test/sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'

describe('the stop signal', () => {
  test('[ST1] goes to the whole process group', async () => {
    await using tree = await aTree({ web: { program: { children: [{}] } } })
    await tree.stop('web')
    await tree.passes(100)
    expect(tree.news()).toEqual(['0 web starts', '0 web gets SIGTERM', '5 web was killed by SIGTERM'])
    expect(tree.status('web')).toBe('stopped')
  })

  test('[ST1] is the one that was declared', async () => {
    await using tree = await aTree({ web: { stop: { signal: 'SIGINT' } } })
    await tree.stop('web')
    expect(tree.news()).toContain('0 web gets SIGINT')
  })

  test('[ST1] goes to the main process alone with kill_mode mixed, and to what it leaves SIGKILL', async () => {
    await using tree = await aTree({ web: { stop: { mode: 'mixed' }, program: { children: [{}] } } })
    tree.news()
    await tree.stop('web')
    await tree.passes(100)
    expect(tree.news()).toEqual(['0 web gets SIGTERM (main)', '5 web was killed by SIGTERM', '5 web gets SIGKILL'])
    expect(tree.status('web')).toBe('stopped')
  })

  test('[ST1] [ST5] goes to the main process alone with kill_mode process, and what it leaves is left', async () => {
    await using tree = await aTree({ web: { stop: { mode: 'process' }, program: { children: [{}] } } })
    tree.news()
    await tree.stop('web')
    await tree.passes(100)
    expect(tree.news()).toEqual(['0 web gets SIGTERM (main)', '5 web was killed by SIGTERM', '5 web is released'])
    expect(tree.status('web')).toBe('stopped')
  })

  test('[ST2] waits until dependents that go down too are gone, bound or not', async () => {
    await using tree = await aTree({
      db: {},
      web: { edges: [anEdge('db')], program: { obeysAfter: 500 } },
      api: { edges: [anEdge('db')] },
    })
    tree.news()
    await tree.stop('web')
    await tree.stop('db')
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '0 web gets SIGTERM',
      '500 web was killed by SIGTERM',
      '500 db gets SIGTERM',
      '505 db was killed by SIGTERM',
    ])
    expect(tree.status('api')).toBe('running')
  })
})

describe('SIGKILL', () => {
  test('[ST3] comes at the stop timeout and not before, to everything that is left', async () => {
    await using tree = await aTree({ web: { stop: { timeout: 2000 }, program: ignoresTerm } })
    tree.news()
    await tree.stop('web')
    await tree.passes(1999)
    expect(tree.news()).toEqual(['0 web gets SIGTERM'])
    await tree.passes(1)
    expect(tree.news()).toEqual(['2000 web gets SIGKILL (everything)', '2000 web was killed by SIGKILL'])
    expect(tree.status('web')).toBe('stopped')
  })

  test('[ST3] comes at once when the stop is forced', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    tree.news()
    await tree.stop('web', { force: true })
    expect(tree.news()).toEqual(['0 web gets SIGKILL (everything)', '0 web was killed by SIGKILL'])
  })

  test('[ST3] comes at once when a stop that is under way is forced', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.stop('web')
    await tree.passes(500)
    await tree.restart('web', { force: true })
    expect(tree.news().slice(2)).toEqual([
      '500 web gets SIGKILL (everything)',
      '500 web was killed by SIGKILL',
      '500 web starts',
    ])
  })

  test('[ST3] goes to the main process alone with kill_mode process', async () => {
    await using tree = await aTree({
      web: { stop: { mode: 'process', timeout: 1000 }, program: { ...ignoresTerm, children: [ignoresTerm] } },
    })
    await tree.stop('web')
    await tree.passes(1000)
    expect(tree.news().slice(2)).toEqual([
      '1000 web gets SIGKILL (main)',
      '1000 web was killed by SIGKILL',
      '1000 web is released',
    ])
  })

  test('[ST3] a late tick on the schedule of a process that is being stopped does not bring it forward', async () => {
    await using tree = await aTree({
      load: {
        oneshot: true,
        autostart: false,
        trigger: { schedule: { tag: 'every', period: 100 } },
        program: ignoresTerm,
      },
    })
    await tree.passes(100)
    await tree.stop('load')
    tree.simulation.clock.skipTo(1000)
    await tree.passes(500)
    expect(tree.news()).toEqual(['100 load starts', '100 load gets SIGTERM'])
  })
})

describe('the end of a stop', () => {
  test('[ST4] is when nothing of the group and no descendant is left', async () => {
    await using tree = await aTree({ web: { program: { children: [{ obeysAfter: 1000 }] } } })
    await tree.stop('web')
    await tree.passes(999)
    expect(tree.status('web')).toBe('running')
    await tree.passes(1)
    expect(tree.status('web')).toBe('stopped')
  })

  test('[ST4] what had to be killed is kept, with pid and command, and after how long', async () => {
    const program = { children: [{ obeysAfter: 'never', escaped: true }] } as const
    await using tree = await aTree({ web: { stop: { timeout: 2000 }, program } })
    await tree.stop('web')
    await tree.passes(3000)
    expect(tree.process('web').aftermath).toMatchObject({ after: 2000, killed: [{ pid: 101, command: 'child' }] })
  })

  test('[ST5] what a main process leaves when it ends gets the stop signal, then SIGKILL; then it is restarted', async () => {
    const program = { ...exitsWith(1, { after: 100 }), children: [ignoresTerm, {}] }
    await using tree = await aTree({ web: { stop: { timeout: 2000 }, program: [program, {}] } })
    tree.news()
    await tree.passes(5000)
    expect(tree.news()).toEqual([
      '100 web exited with code 1',
      '100 web gets SIGTERM',
      '2100 web gets SIGKILL (everything)',
      '2200 web starts',
    ])
  })

  test('[ST5] with kill_mode process what it leaves is left alone, and it is restarted', async () => {
    const program = { ...exitsWith(1, { after: 100 }), children: [ignoresTerm] }
    await using tree = await aTree({ web: { stop: { mode: 'process' }, program: [program, {}] } })
    tree.news()
    await tree.passes(5000)
    expect(tree.news()).toEqual(['100 web exited with code 1', '100 web is released', '200 web starts'])
  })

  test('[ST5] a parent that falls and leaves something behind is cleaned up while its children go', async () => {
    await using tree = await aTree({
      db: { program: [{ ...diesBy('SIGSEGV', { after: 100 }), children: [{}] }, {}] },
      web: { parent: 'db', program: { obeysAfter: 500 } },
    })
    tree.news()
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '100 db was killed by SIGSEGV',
      '100 db gets SIGTERM',
      '100 web gets SIGTERM',
      '600 web was killed by SIGTERM',
      '600 db starts',
      '600 web starts',
    ])
  })
})

describe('stuck', () => {
  const survivor = { obeysAfter: 'never', diesAfter: 5000 } as const

  test('[ST6] is what survives SIGKILL for two seconds; it is not replaced while it lives', async () => {
    await using tree = await aTree({ web: { stop: { timeout: 1000 }, program: survivor } })
    await tree.restart('web')
    await tree.passes(2999)
    expect(tree.status('web')).toBe('restarting')
    await tree.passes(1)
    expect([tree.status('web'), tree.why('web')[0]]).toEqual(['stuck', 'survived-kill'])
    await tree.passes(2999)
    expect(tree.process('web').runs).toBe(1)
    await tree.passes(1)
    expect([tree.status('web'), tree.process('web').runs]).toEqual(['running', 2])
  })

  test('[ST6] a process that is stopped and stuck is stopped when it is gone at last', async () => {
    await using tree = await aTree({ web: { stop: { timeout: 1000 }, program: survivor } })
    await tree.stop('web')
    await tree.passes(10_000)
    expect([tree.status('web'), ...tree.why('web')]).toEqual(['stopped', 'asked'])
  })

  test('[ST6] its parent is not started again meanwhile', async () => {
    await using tree = await aTree({
      db: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      web: { parent: 'db', stop: { timeout: 1000 }, program: [survivor, {}] },
    })
    await tree.passes(6000)
    expect(tree.statuses()).toEqual({ db: 'queued', web: 'stuck' })
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
  })
})
