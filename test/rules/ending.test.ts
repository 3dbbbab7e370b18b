import { describe, expect, test } from 'bun:test'
import type { Check } from '../../src/core/check.ts'
import { aCheck, aMonitor, anEdge } from '../sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../sim/habit.ts'
import { aTree, type Actor } from '../sim/tree.ts'
import { signalsTo, startsOf } from './news.ts'

function check(name: string, of: Check = aCheck(name)) {
  return aMonitor({ name, check: of })
}

describe('the prologue', () => {
  test('[RN1] is asked once, in order, before anything starts', async () => {
    const asked: string[] = []
    await using tree = await aTree(
      { web: {} },
      { prologue: [check('disk'), check('net')], prologueAnswers: (id, nth) => asked.push(`${id} ${nth}`) > 0 },
    )
    expect(tree.status('web')).toBe('stopped')
    await tree.passes(60_000)
    expect(asked).toEqual(['disk 1', 'net 1'])
    expect(startsOf(tree, 'web')).toEqual([2])
  })

  test('[RN1] ends the run with 1 at the first check that fails; nothing starts, and no other check is asked', async () => {
    const asked: string[] = []
    await using tree = await aTree(
      { web: {} },
      {
        prologue: [check('disk'), check('net'), check('dns')],
        prologueAnswers: (id) => (asked.push(id), id !== 'net'),
      },
    )
    await tree.passes(60_000)
    expect([tree.code, asked, startsOf(tree, 'web')]).toEqual([1, ['disk', 'net'], []])
  })

  test('[RN1] asks N more times with retries = N, a second apart', async () => {
    const retried = check('net', { tag: 'retries', retries: 3, of: aCheck('net') })
    await using patient = await aTree({ web: {} }, { prologue: [retried], prologueAnswers: (_, nth) => nth === 4 })
    await using hopeless = await aTree({ web: {} }, { prologue: [retried], prologueAnswers: (_, nth) => nth === 5 })
    await patient.passes(60_000)
    await hopeless.passes(3003)
    expect([patient.code, startsOf(patient, 'web')]).toEqual([null, [3004]])
    await hopeless.passes(1)
    expect([hopeless.code, startsOf(hopeless, 'web')]).toEqual([1, []])
  })

  test('[RN1] counts the retries of each check for itself', async () => {
    const retried = (name: string) => check(name, { tag: 'retries', retries: 1, of: aCheck(name) })
    await using tree = await aTree(
      { web: {} },
      { prologue: [retried('disk'), retried('net')], prologueAnswers: (_, nth) => nth === 2 },
    )
    await tree.passes(60_000)
    expect([tree.code, startsOf(tree, 'web')]).toEqual([null, [2004]])
  })

  test('[RN1] is not passed by what a check would forgive', async () => {
    const forgiving = check('net', { tag: 'bucket', capacity: 10, leak: 1000, of: aCheck('net') })
    await using tree = await aTree({ web: {} }, { prologue: [forgiving], prologueAnswers: () => false })
    await tree.passes(1)
    expect([tree.code, startsOf(tree, 'web')]).toEqual([1, []])
  })

  test('[RN3] is ended by a signal, politely, and nothing starts', async () => {
    await using tree = await aTree({ web: {} }, { prologue: [check('net')] })
    await tree.signal('SIGTERM')
    await tree.passes(1000)
    expect([tree.code, startsOf(tree, 'web')]).toEqual([0, []])
  })
})

describe('a polite end', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const) {
    test(`[RN3] comes with ${signal}`, async () => {
      await using tree = await aTree({ web: { program: { obeysAfter: 100 } } })
      await tree.signal(signal)
      await tree.passes(99)
      expect(tree.code).toBeNull()
      await tree.passes(1)
      expect([tree.code, signalsTo(tree, 'web')]).toEqual([0, ['0 gets SIGTERM']])
    })
  }

  test('[RN3] comes with no other signal', async () => {
    await using tree = await aTree({ web: {} })
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const) await tree.signal(signal)
    await tree.passes(1000)
    expect([tree.code, tree.status('web')]).toEqual([null, 'running'])
  })

  test('[RN3] does not come with the signal of a special', async () => {
    const trigger = { signal: 'SIGHUP' } as const
    await using tree = await aTree({
      web: {},
      reload: { oneshot: true, autostart: false, trigger, program: exitsWith(0, { after: 10 }) },
    })
    await tree.signal('SIGHUP')
    await tree.passes(1000)
    expect([tree.code, startsOf(tree, 'reload'), tree.status('web')]).toEqual([null, [0], 'running'])
  })

  test('[RN4] takes everything down in reverse order of the dependencies, bound or not, and the code is 0', async () => {
    await using tree = await aTree({
      disk: { program: { obeysAfter: 10 } },
      db: { edges: [anEdge('disk')], program: { obeysAfter: 20 } },
      web: { parent: 'db', program: { obeysAfter: 30 } },
      api: { edges: [anEdge('db', { condition: 'started' })], program: { obeysAfter: 40 } },
      alone: {},
    })
    await tree.signal('SIGTERM')
    await tree.passes(69)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(['alone', 'web', 'api', 'db', 'disk'].flatMap((name) => signalsTo(tree, name))).toEqual(
      [0, 0, 0, 40, 60].map((at) => `${at} gets SIGTERM`),
    )
    expect(tree.code).toBe(0)
  })

  test('[RN4] restarts nothing meanwhile: neither what falls nor what was being restarted nor what waited', async () => {
    await using tree = await aTree({
      slow: { program: { obeysAfter: 9000 } },
      falls: { edges: [anEdge('nobody', { condition: 'started' })], autostart: false },
      mortal: { program: exitsWith(1, { after: 1500 }), stop: { timeout: 60_000 } },
      delayed: { program: exitsWith(1, { after: 900 }), delay: { tag: 'procmon', rest: 10_000 } },
      missing: { program: { spawnFails: 'ENOENT' } },
    })
    await tree.restart('slow')
    await tree.passes(1000)
    await tree.signal('SIGTERM')
    await tree.start('delayed')
    await tree.start('falls')
    await tree.passes(20_000)
    expect(tree.code).toBe(0)
    expect(['slow', 'mortal', 'delayed'].map((name) => startsOf(tree, name))).toEqual([[0], [0], [0]])
    expect(tree.news().filter((line) => line.includes('missing'))).toHaveLength(1)
  })

  test('[RN4] may have to kill, and the code is 0 all the same', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.signal('SIGTERM')
    await tree.passes(10_000)
    expect([tree.code, signalsTo(tree, 'web')]).toEqual([0, ['0 gets SIGTERM', '10000 gets SIGKILL (everything)']])
  })
})

describe('a forced end', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    test(`[RN5] comes with a second ${signal}: SIGKILL to everything at once, and the code is 1`, async () => {
      await using tree = await aTree({
        db: {},
        web: { parent: 'db', program: ignoresTerm },
        api: { parent: 'db', program: ignoresTerm },
      })
      await tree.signal('SIGTERM')
      await tree.passes(500)
      expect(signalsTo(tree, 'db')).toEqual([])
      await tree.signal(signal)
      expect(['db', 'web', 'api'].map((name) => signalsTo(tree, name).at(-1))).toEqual(
        Array.from({ length: 3 }, () => '500 gets SIGKILL (everything)'),
      )
      expect([tree.code, tree.simulation.host.living()]).toEqual([1, []])
    })
  }

  test('[RN5] does not come with a SIGINT within 100 ms of the first: that is the same Ctrl-C, told twice', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.passes(1000)
    await tree.signal('SIGINT')
    await tree.signal('SIGINT')
    await tree.passes(99)
    await tree.signal('SIGINT')
    expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM'])
    await tree.passes(1)
    await tree.signal('SIGINT')
    expect([tree.code, signalsTo(tree, 'web').at(-1)]).toEqual([1, '1100 gets SIGKILL (everything)'])
  })

  test('[RN5] comes with any other second signal, however soon', async () => {
    for (const [first, second] of [
      ['SIGINT', 'SIGTERM'],
      ['SIGTERM', 'SIGTERM'],
      ['SIGTERM', 'SIGINT'],
    ] as const) {
      await using tree = await aTree({ web: { program: ignoresTerm } })
      await tree.signal(first)
      await tree.signal(second)
      await tree.passes(0)
      expect([tree.code, tree.simulation.host.living()]).toEqual([1, []])
    }
  })

  test('[RN5] does not come with a second SIGHUP', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.signal('SIGHUP')
    await tree.signal('SIGHUP')
    await tree.passes(9999)
    expect(signalsTo(tree, 'web')).toEqual(['0 gets SIGTERM'])
    await tree.signal('SIGTERM')
    expect(tree.code).toBe(1)
  })

  test('[RN6] comes when a polite end has taken SHUTDOWN_MAX, and the code is 1', async () => {
    const stop = { timeout: 600_000 }
    await using tree = await aTree({ web: { stop, program: ignoresTerm } }, { shutdownMax: 75_000 })
    await tree.passes(1000)
    await tree.signal('SIGTERM')
    await tree.passes(74_999)
    expect([tree.code, signalsTo(tree, 'web')]).toEqual([null, ['1000 gets SIGTERM']])
    await tree.passes(1)
    expect([tree.code, signalsTo(tree, 'web').at(-1)]).toEqual([1, '76000 gets SIGKILL (everything)'])
  })

  test('[RN6] does not come when the end takes a millisecond less', async () => {
    const stop = { timeout: 600_000 }
    await using tree = await aTree({ web: { stop, program: { obeysAfter: 4999 } } }, { shutdownMax: 5000 })
    await tree.signal('SIGTERM')
    await tree.passes(60_000)
    expect([tree.code, signalsTo(tree, 'web')]).toEqual([0, ['0 gets SIGTERM']])
  })

  test('[RN6] is over though something survives SIGKILL', async () => {
    await using tree = await aTree(
      { web: { program: { ...ignoresTerm, diesAfter: 3_600_000 } } },
      { shutdownMax: 5000 },
    )
    await tree.signal('SIGTERM')
    await tree.passes(6999)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(tree.code).toBe(1)
  })
})

describe('an end by itself', () => {
  const done = (actors: Record<string, Actor>) => aTree(actors, { endsWhenDone: true })

  test('[RN7] comes with 0 when everything has succeeded, at that very moment', async () => {
    await using tree = await done({
      load: { oneshot: true, program: exitsWith(0, { after: 100 }) },
      web: { restart: 'no', edges: [anEdge('load')], program: exitsWith(0, { after: 400 }) },
      never: { oneshot: true, autostart: false },
    })
    await tree.passes(499)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(tree.code).toBe(0)
  })

  const failures: Record<string, Record<string, Actor>> = {
    'a process has failed': { bad: { restart: 'no', program: exitsWith(9) } },
    'a process has used up its start limit': {
      bad: { startLimit: { burst: 1, interval: 1000 }, program: exitsWith(0) },
    },
    'a process is blocked': { bad: { edges: [anEdge('nobody')] } },
    'a process went down with a dependency and stays down': {
      db: { restart: 'no', program: exitsWith(0, { after: 10 }) },
      bad: { edges: [anEdge('db', { onExit: 'stop' })] },
    },
  }
  for (const [what, actors] of Object.entries(failures)) {
    test(`[RN7] comes with 1 when ${what}`, async () => {
      await using tree = await done({ ...actors, good: { oneshot: true, program: exitsWith(0, { after: 100 }) } })
      await tree.passes(99)
      expect(tree.code).toBeNull()
      await tree.passes(1)
      expect(tree.code).toBe(1)
    })
  }

  const hopes: Record<string, Record<string, Actor>> = {
    runs: { web: {} },
    'is about to be restarted': { web: { program: exitsWith(0, { after: 50 }) } },
    'could not be spawned and is tried again': { web: { program: { spawnFails: 'ENOENT' } } },
    'waits for one that runs': {
      web: { oneshot: true, program: {} },
      api: { edges: [anEdge('web')] },
    },
    'has a schedule': {
      sweep: { oneshot: true, autostart: false, trigger: { schedule: { tag: 'every', period: 3_600_000 } } },
    },
  }
  for (const [what, actors] of Object.entries(hopes)) {
    test(`[RN7] does not come while a process ${what}`, async () => {
      await using tree = await done({ ...actors, good: { oneshot: true, program: exitsWith(0, { after: 100 }) } })
      await tree.passes(600_000)
      expect(tree.code).toBeNull()
    })
  }

  test('[RN7] does not come while a process is down on purpose: it may be started again', async () => {
    await using tree = await done({ web: { program: [{}, exitsWith(0, { after: 10 })], restart: 'no' } })
    await tree.stop('web')
    await tree.passes(600_000)
    expect([tree.code, tree.status('web')]).toEqual([null, 'stopped'])
    await tree.start('web')
    await tree.passes(10)
    expect(tree.code).toBe(0)
  })

  test('[RN7] never comes to a daemon', async () => {
    await using tree = await aTree({ load: { oneshot: true, program: exitsWith(0) } })
    await tree.passes(600_000)
    expect(tree.code).toBeNull()
  })
})

describe('the end of a significant process', () => {
  const ends = [
    ['with code 0', exitsWith(0, { after: 100 }), 0],
    ['with code 3', exitsWith(3, { after: 100 }), 3],
    ['with code 255', exitsWith(255, { after: 100 }), 255],
    ['by SIGTERM', diesBy('SIGTERM', { after: 100 }), 143],
    ['by SIGKILL', diesBy('SIGKILL', { after: 100 }), 137],
    ['by SIGSEGV', diesBy('SIGSEGV', { after: 100 }), 139],
  ] as const
  for (const [how, program, code] of ends) {
    test(`[RN8] ${how} ends the run with ${code}, whatever its policy`, async () => {
      for (const restart of ['always', 'on-failure', 'no'] as const) {
        await using tree = await aTree({
          main: { significant: true, restart, program },
          web: { program: { obeysAfter: 50 } },
        })
        await tree.passes(149)
        expect([tree.code, startsOf(tree, 'main')]).toEqual([null, [0]])
        await tree.passes(1)
        expect(tree.code).toBe(code)
      }
    })
  }

  test('[RN8] takes the others down in reverse order', async () => {
    await using tree = await aTree({
      db: {},
      web: { edges: [anEdge('db')], program: { obeysAfter: 300 } },
      main: { significant: true, program: exitsWith(3, { after: 1000 }) },
    })
    await tree.passes(10_000)
    expect([signalsTo(tree, 'web'), signalsTo(tree, 'db')]).toEqual([['1000 gets SIGTERM'], ['1300 gets SIGTERM']])
    expect(tree.code).toBe(3)
  })

  test('[RN8] waits for what it has left behind', async () => {
    const program = { ...exitsWith(3, { after: 1000 }), children: [{ obeysAfter: 500 }] }
    await using tree = await aTree({ main: { significant: true, program } })
    await tree.passes(1499)
    expect(tree.code).toBeNull()
    await tree.passes(1)
    expect(tree.code).toBe(3)
  })

  test('[RN8] is not a stop or a restart that somebody asked for', async () => {
    await using tree = await aTree({ main: { significant: true } })
    await tree.restart('main')
    await tree.passes(1000)
    await tree.stop('main')
    await tree.passes(60_000)
    expect([tree.code, startsOf(tree, 'main')]).toEqual([null, [0, 5]])
  })

  test('[RN5] [RN8] the first signal while the others go down forces nothing', async () => {
    await using tree = await aTree({
      web: { program: { obeysAfter: 3000 } },
      main: { significant: true, program: exitsWith(3, { after: 1000 }) },
    })
    await tree.passes(2000)
    await tree.signal('SIGTERM')
    expect(signalsTo(tree, 'web')).toEqual(['1000 gets SIGTERM'])
    await tree.passes(10_000)
    expect(tree.code).toBe(3)
  })
})
