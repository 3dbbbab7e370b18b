import { describe, expect, test } from 'bun:test'
import { anEdge } from '../sim/builders.ts'
import { exitsWith, ignoresTerm, type Habit } from '../sim/habit.ts'
import { aTree, type Tree } from '../sim/tree.ts'
import { crimesIn, signalsTo, startsOf } from './news.ts'

/** What was killed in the last stop, by command. */
function killedIn(tree: Tree, name: string): string[] {
  return (tree.process(name).aftermath?.killed ?? []).map(({ command }) => command)
}

const stubbornChild = { children: [{ obeysAfter: 'never' }] } as const

describe('the stop signal', () => {
  test('[ST1] is SIGTERM to the whole process group: a child that obeys goes at the same time', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 30, children: [{ obeysAfter: 20 }] } } })
    await tree.stop('web')
    await tree.passes(30)
    expect(tree.status('web')).toBe('stopped')
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM'])
  })

  test('[ST1] goes to the main process alone with kill_mode mixed or process', async () => {
    for (const mode of ['mixed', 'process'] as const) {
      await using tree = await aTree({ web: { stop: { mode }, program: { obeysAfter: 100, children: [{}] } } })
      await tree.stop('web')
      await tree.passes(99)
      expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM (main)'])
      expect(tree.simulation.host.present('web')?.children.map(({ isAlive }) => isAlive)).toEqual([true])
    }
  })

  test('[ST1] is for the main process with kill_mode mixed; what it leaves then gets SIGKILL', async () => {
    await using tree = await aTree({ web: { stop: { mode: 'mixed' }, program: { obeysAfter: 100, ...stubbornChild } } })
    await tree.stop('web')
    await tree.passes(100)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM (main)', '100 gets SIGKILL'])
    expect([tree.status('web'), killedIn(tree, 'web')]).toEqual(['stopped', ['child']])
  })

  test('[ST1] is the one that was declared', async () => {
    await using tree = await aTree({ web: { stop: { signal: 'SIGQUIT' } } })
    await tree.restart('web')
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGQUIT'])
  })

  test('[ST2] waits until dependents that go down too are gone, whether they are bound or only ordered', async () => {
    await using tree = await aTree({
      db: {},
      bound: { parent: 'db', program: { obeysAfter: 300 } },
      ordered: { edges: [anEdge('db')], program: { obeysAfter: 700 } },
    })
    await tree.signal('SIGTERM')
    await tree.passes(1000)
    expect(signalsTo(tree, 'bound')).toEqual(['0 gets SIGTERM'])
    expect(signalsTo(tree, 'ordered')).toEqual(['0 gets SIGTERM'])
    expect(signalsTo(tree, 'db')).toEqual(['700 gets SIGTERM'])
  })

  test('[ST2] waits for a dependent that somebody is stopping anyway', async () => {
    await using tree = await aTree({ db: {}, web: { edges: [anEdge('db')], program: { obeysAfter: 700 } } })
    await tree.stop('web')
    await tree.passes(100)
    await tree.stop('db')
    await tree.passes(1000)
    expect(signalsTo(tree, 'db')).toEqual(['700 gets SIGTERM'])
  })

  test('[ST2] waits for nobody who stays', async () => {
    await using tree = await aTree({ db: {}, web: { edges: [anEdge('db')] } })
    await tree.stop('db')
    expect(signalsTo(tree, 'db')).toEqual(['0 gets SIGTERM'])
  })

  test('[ST2] waits also for what a dependent leaves behind, and for one that had to be killed', async () => {
    await using tree = await aTree({
      db: {},
      web: { parent: 'db', stop: { timeout: 3000 }, program: stubbornChild },
    })
    await tree.stop('db')
    await tree.passes(10_000)
    expect(signalsTo(tree, 'db')).toEqual(['3000 gets SIGTERM'])
  })
})

describe('SIGKILL', () => {
  test('[ST3] comes at the stop timeout, and not a millisecond sooner, to everything that is left', async () => {
    await using tree = await aTree({ web: { program: { ...ignoresTerm, children: [{ escaped: true }] } } })
    await tree.stop('web')
    await tree.passes(9999)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM'])
    await tree.passes(1)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM', '10000 gets SIGKILL (everything)'])
    expect([tree.status('web'), tree.simulation.host.living()]).toEqual(['stopped', []])
  })

  test('[ST3] never comes to one that obeys in time', async () => {
    await using tree = await aTree({ web: { stop: { timeout: 5000 }, program: { obeysAfter: 4999 } } })
    await tree.stop('web')
    await tree.passes(60_000)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM'])
  })

  test('[ST3] counts from the stop signal, not from the wish: the dependents had their own time', async () => {
    await using tree = await aTree({
      db: { stop: { timeout: 1000 }, program: ignoresTerm },
      web: { parent: 'db', program: { obeysAfter: 5000 } },
    })
    await tree.stop('db')
    await tree.passes(60_000)
    expect(signalsTo(tree, 'db')).toEqual(['5000 gets SIGTERM', '6000 gets SIGKILL (everything)'])
  })

  test('[ST3] is not put off by asking again', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.stop('web')
    await tree.passes(6000)
    await tree.stop('web')
    await tree.restart('web')
    await tree.stop('web')
    await tree.passes(4000)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM', '10000 gets SIGKILL (everything)'])
  })

  test('[ST3] comes at once when a stop or a restart is forced, also one that is under way', async () => {
    await using tree = await aTree({
      a: { program: ignoresTerm },
      b: { program: [ignoresTerm, {}] },
      c: { program: ignoresTerm },
    })
    await tree.stop('c')
    await tree.passes(500)
    for (const name of ['a', 'c']) await tree.stop(name, { force: true })
    await tree.restart('b', { force: true })
    expect(signalsTo(tree, 'a')).toEqual(['500 gets SIGKILL (everything)'])
    expect(signalsTo(tree, 'b')).toEqual(['500 gets SIGKILL (everything)'])
    expect(signalsTo(tree, 'c')).toEqual(['0 gets SIGTERM', '500 gets SIGKILL (everything)'])
    expect([tree.statuses(), startsOf(tree, 'b')]).toEqual([{ a: 'stopped', b: 'running', c: 'stopped' }, [0, 500]])
  })

  test('[ST3] goes to the main process alone with kill_mode process', async () => {
    const stop = { mode: 'process', timeout: 1000 } as const
    await using tree = await aTree({ web: { stop, program: { ...ignoresTerm, ...stubbornChild } } })
    await tree.stop('web')
    await tree.passes(1000)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM (main)', '1000 gets SIGKILL (main)'])
  })
})

describe('a stop is over', () => {
  test('[ST4] when the last member of the group is gone, not when the main process is', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 10, children: [{ obeysAfter: 4000 }] } } })
    await tree.stop('web')
    await tree.passes(3999)
    expect(tree.status('web')).toBe('running')
    await tree.passes(1)
    expect(tree.status('web')).toBe('stopped')
    expect(tree.process('web').aftermath).toBeNull()
  })

  test('[ST4] when a descendant that has left the group is gone too', async () => {
    await using tree = await aTree({
      web: { stop: { timeout: 2000 }, program: { children: [{ escaped: true, obeysAfter: 'never' }] } },
    })
    await tree.stop('web')
    await tree.passes(1999)
    expect(tree.status('web')).toBe('running')
    await tree.passes(1)
    expect([tree.status('web'), killedIn(tree, 'web')]).toEqual(['stopped', ['child']])
  })

  test('[ST4] what was killed is reported by pid and command, with how long it had had', async () => {
    await using tree = await aTree({
      web: {
        stop: { timeout: 2000 },
        program: { ...ignoresTerm, children: [{}, { obeysAfter: 'never', diesAfter: 3 }] },
      },
    })
    const pid = tree.pid('web')
    await tree.stop('web')
    await tree.passes(2003)
    expect(tree.process('web').aftermath).toEqual({
      after: 2000,
      killed: [
        { pid: pid!, command: '/bin/web' },
        { pid: pid! + 2, command: 'child' },
      ],
      leftBehind: 0,
    })
    await tree.start('web')
    expect(tree.process('web').aftermath).toBeNull()
  })
})

test('[ST4] what was killed together with its main process is reported too', async () => {
  await using tree = await aTree({ web: { stop: { timeout: 2000 }, program: { ...ignoresTerm, diesAfter: 50 } } })
  await tree.stop('web')
  await tree.passes(2010)
  const killed = [{ pid: 4711, command: 'child' }]
  const exit = { tag: 'signal', signal: 'SIGKILL' } as const
  await tree.command('web', { tag: 'exited', run: 1, exit, left: 0, killed })
  expect(killedIn(tree, 'web')).toEqual(['/bin/web', 'child'])
})

describe('what a main process leaves behind when it ends', () => {
  const leaves = (child: Habit['children']): Habit => ({ ...exitsWith(1, { after: 1000 }), children: child ?? [] })

  test('[ST5] gets the stop signal, and only when it is gone the process is restarted', async () => {
    await using tree = await aTree({ web: { program: [leaves([{ obeysAfter: 500 }]), {}] } })
    await tree.passes(60_000)
    expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM'])
    expect([startsOf(tree, 'web'), crimesIn(tree)]).toEqual([[0, 1600], []])
  })

  test('[ST5] gets SIGKILL at the stop timeout', async () => {
    await using tree = await aTree({
      web: { stop: { timeout: 3000 }, program: [leaves([{ obeysAfter: 'never' }]), {}] },
    })
    await tree.passes(4050)
    expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM', '4000 gets SIGKILL (everything)'])
    expect(killedIn(tree, 'web')).toEqual(['child'])
    await tree.passes(60_000)
    expect(startsOf(tree, 'web')).toEqual([0, 4100])
  })

  test('[ST5] is left alone with kill_mode process, and the process is restarted', async () => {
    await using tree = await aTree({ web: { stop: { mode: 'process' }, program: [leaves([{}]), {}] } })
    await tree.passes(60_000)
    expect([signalsTo(tree, 'web'), startsOf(tree, 'web')]).toEqual([[], [0, 1100]])
    expect(tree.news()).toContain('1000 web is released')
  })

  test('[ST5] is told after a stop with kill_mode process, by its number', async () => {
    await using tree = await aTree({ web: { stop: { mode: 'process' }, program: { children: [{}, {}] } } })
    await tree.stop('web')
    await tree.passes(5)
    expect(tree.status('web')).toBe('stopped')
    expect(tree.process('web').aftermath).toEqual({ after: 0, killed: [], leftBehind: 2 })
  })

  test('[ST5] gets the stop signal also where the process is not restarted, and decides nothing', async () => {
    await using tree = await aTree({
      web: { restart: 'no', program: { ...exitsWith(0, { after: 1000 }), children: [{ obeysAfter: 500 }] } },
    })
    await tree.passes(1499)
    expect([signalsTo(tree, 'web'), tree.status('web')]).toEqual([['1000 gets SIGTERM'], 'running'])
    await tree.passes(1)
    expect(tree.status('web')).toBe('completed')
  })
})

describe('a run that survives SIGKILL', () => {
  const undead = { ...ignoresTerm, diesAfter: 9000 } as const

  test('[ST6] is stuck after 2 s, and is replaced only when it is gone', async () => {
    await using tree = await aTree({ web: { stop: { timeout: 1000 }, program: [undead, {}] } })
    await tree.restart('web')
    await tree.passes(2999)
    expect(tree.status('web')).toBe('restarting')
    await tree.passes(1)
    expect([tree.status('web'), tree.why('web')]).toEqual(['stuck', ['survived-kill', 'asked']])
    await tree.restart('web')
    await tree.start('web')
    await tree.passes(6999)
    expect([tree.status('web'), startsOf(tree, 'web')]).toEqual(['stuck', [0]])
    await tree.passes(1)
    expect([tree.status('web'), startsOf(tree, 'web'), crimesIn(tree)]).toEqual(['running', [0, 10_000], []])
  })

  test('[ST6] is stuck 2 s after a forced stop too, and stopped when it is gone', async () => {
    await using tree = await aTree({ web: { program: undead } })
    await tree.stop('web', { force: true })
    await tree.passes(1999)
    expect(tree.status('web')).toBe('running')
    await tree.passes(1)
    expect(tree.status('web')).toBe('stuck')
    await tree.passes(7000)
    expect([tree.status('web'), killedIn(tree, 'web')]).toEqual(['stopped', ['/bin/web']])
  })

  test('[ST6] keeps its parent from starting again', async () => {
    await using tree = await aTree({
      db: { program: [exitsWith(1, { after: 1000 }), {}] },
      web: { parent: 'db', stop: { timeout: 1000 }, program: [undead, {}] },
    })
    await tree.passes(10_999)
    expect([tree.status('web'), startsOf(tree, 'db')]).toEqual(['stuck', [0]])
    await tree.passes(1)
    expect([startsOf(tree, 'db'), startsOf(tree, 'web')]).toEqual([
      [0, 11_000],
      [0, 11_000],
    ])
  })
})

test('[ST5] with kill_mode process it is said that something was left, also when it died by itself', async () => {
  const program = { ...exitsWith(1, { after: 100 }), children: [{}] }
  await using tree = await aTree({ web: { program, restart: 'no', stop: { mode: 'process' } } })
  await tree.passes(200)
  expect(tree.process('web').aftermath).toEqual({ after: 0, killed: [], leftBehind: 1 })
})
