import { describe, expect, test } from 'bun:test'
import { explainState } from '../../src/core/explain.ts'
import type { FlapPolicy } from '../../src/core/spec.ts'
import { exitsWith, type Habit } from '../sim/habit.ts'
import { aTree, type Actor, type Tree } from '../sim/tree.ts'
import { startsOf } from './news.ts'

/** Restarts follow a death at once, so that nothing but flap detection takes time. */
const delay = { tag: 'backoff', initial: 0, factor: 1, max: 0, jitter: 0, resetAfter: 1e9 } as const
/** pmon3's defaults, in its monitor intervals of 500 ms. */
const theirs: FlapPolicy = { restarted: 5, countdown: 120 * 500, decrement: 60 * 500 }
const plain: FlapPolicy = { ...theirs, decrement: 0 }
const crashing: Habit = exitsWith(1, { after: 100 })

function flapping(flap: FlapPolicy | null, web: Actor = { program: crashing }): Promise<Tree> {
  return aTree({ web: { delay, ...web } }, { flap })
}

describe("the README's examples", () => {
  test('[FL1] after 5 restarts the sixth death is followed by a rest of 120 × 500 ms', async () => {
    await using tree = await flapping(plain)
    await tree.passes(599)
    expect(startsOf(tree, 'web')).toEqual([0, 100, 200, 300, 400, 500])
    expect(tree.status('web')).toBe('running')
    await tree.passes(1)
    expect(tree.status('web')).toBe('backoff')
    expect(tree.process('web').state).toMatchObject({ tag: 'backoff', until: 60_600 })
    expect(tree.why('web')).toEqual(['flapping', 'exited'])
    expect(explainState(tree.process('web'), tree.now)).toBe(
      'rests, for it died again after 5 restarts, since web exited with code 1 after 100ms; next try in 1m',
    )
  })

  test('[FL2] at the end of the countdown it starts at once, and it takes 5 restarts to begin all over again', async () => {
    await using tree = await flapping(plain)
    await tree.passes(60_599)
    expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['backoff', 6])
    await tree.passes(1)
    expect(startsOf(tree, 'web').slice(6)).toEqual([60_600])
    expect(tree.process('web').flap).toEqual({ tag: 'counting', restarts: [] })
    await tree.passes(1000)
    expect(startsOf(tree, 'web').slice(6)).toEqual([60_600, 60_700, 60_800, 60_900, 61_000, 61_100])
    expect(tree.process('web').state).toMatchObject({ tag: 'backoff', until: 121_200 })
  })

  test('[FL3] with a decrement of 60 the first retry comes after 30 s, and the countdown goes on to its end', async () => {
    await using tree = await flapping(theirs)
    await tree.passes(30_599)
    expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['backoff', 6])
    await tree.passes(1)
    expect([tree.status('web'), startsOf(tree, 'web').slice(6)]).toEqual(['running', [30_600]])
    await tree.passes(100)
    expect(tree.process('web').state).toMatchObject({ tag: 'backoff', until: 60_600 })
    await tree.passes(31_000)
    expect(startsOf(tree, 'web').slice(7)).toEqual([60_600, 60_700, 60_800, 60_900, 61_000, 61_100])
    expect(tree.status('web')).toBe('backoff')
  })
})

describe('counting', () => {
  test('[FL1] it is off unless somebody switches it on', async () => {
    await using tree = await flapping(null)
    await tree.passes(5000)
    expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['running', 51])
  })

  test('[FL1] restarts that are spread over more than a countdown begin none', async () => {
    await using tree = await flapping(plain, { program: exitsWith(1, { after: 12_001 }) })
    await tree.passes(3_600_000)
    expect(startsOf(tree, 'web')).toHaveLength(300)
    await using other = await flapping(plain, { program: exitsWith(1, { after: 11_000 }) })
    await other.passes(100_000)
    expect(other.status('web')).toBe('backoff')
  })

  test('[FL1] a spawn that fails counts', async () => {
    const web: Actor = { program: { spawnFails: 'ENOENT' }, delay: { ...delay, max: 1000 } }
    await using tree = await flapping(plain, web)
    await tree.passes(5000)
    expect([tree.status('web'), tree.why('web')]).toEqual(['backoff', ['flapping', 'spawn-failed']])
    expect(tree.process('web').runs).toBe(6)
  })

  test('[FL1] a restart that is asked for does not count, nor one because of a parent', async () => {
    const flap = { ...plain, restarted: 1 }
    await using tree = await aTree({ db: {}, web: { delay, parent: 'db' } }, { flap })
    for (let i = 0; i < 5; i++) await tree.restart('web')
    for (let i = 0; i < 5; i++) await tree.restart('db')
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
    expect(tree.process('web').flap).toEqual({ tag: 'counting', restarts: [] })
  })

  test('[FL1] who is not restarted does not rest', async () => {
    await using tree = await flapping({ ...plain, restarted: 0 }, { restart: 'no', program: crashing })
    await tree.passes(5000)
    expect(tree.status('web')).toBe('failed')
  })

  test('[FL1] the start limit and the exit codes come first', async () => {
    const startLimit = { burst: 3, interval: 600_000 }
    await using tree = await flapping({ ...plain, restarted: 2 }, { startLimit, program: crashing })
    await tree.passes(5000)
    expect(tree.why('web')).toEqual(['start-limit', 'exited'])
  })

  test('[FL1] below the threshold it is restarted as ever, with the delays of its backoff', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) } }, { flap: { ...plain, restarted: 3 } })
    await tree.passes(5000)
    expect(startsOf(tree, 'web')).toEqual([0, 100, 300, 700])
    expect(tree.process('web').state).toMatchObject({ tag: 'backoff', until: 60_700 })
  })
})

describe('the countdown', () => {
  const flap: FlapPolicy = { restarted: 2, countdown: 10_000, decrement: 1000 }

  test('[FL3] lets it start each time that one restart is forgiven, and ends all the same', async () => {
    await using tree = await flapping(flap)
    await tree.passes(10_500)
    const forgiven = [1300, 2300, 3300, 4300, 5300, 6300, 7300, 8300, 9300]
    expect(startsOf(tree, 'web')).toEqual([0, 100, 200, ...forgiven, 10_300, 10_400, 10_500])
  })

  test('[FL3] [FL4] forgives while the process runs', async () => {
    const program = [crashing, crashing, crashing, exitsWith(1, { after: 2500 }), crashing, crashing, {}]
    await using tree = await flapping(flap, { program })
    await tree.passes(1300)
    expect(tree.status('web')).toBe('running')
    await tree.passes(2500 + 250)
    // It has lived for two and a half decrements: both restarts are forgiven, and can be used anew.
    expect(startsOf(tree, 'web').slice(3)).toEqual([1300, 3800, 3900])
    await tree.passes(5000)
    expect([tree.status('web'), startsOf(tree, 'web').slice(6)]).toEqual(['running', [4900]])
  })

  test('[FL4] a process that recovers is running, for ever', async () => {
    const program = [crashing, crashing, crashing, {}]
    await using tree = await flapping(flap, { program })
    await tree.passes(1300)
    expect(tree.status('web')).toBe('running')
    await tree.passes(3_600_000)
    expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['running', 4])
  })

  test('[FL4] what is over is forgotten by the next death', async () => {
    const program = [crashing, crashing, crashing, exitsWith(1, { after: 60_000 }), crashing, {}]
    await using tree = await flapping(flap, { program })
    await tree.passes(70_000)
    expect(startsOf(tree, 'web').slice(3)).toEqual([1300, 61_300, 61_400])
  })

  test('[FL2] what it depends on is waited for at its end, too', async () => {
    const actors = { db: {}, web: { delay, parent: 'db', program: crashing } }
    await using tree = await aTree(actors, { flap: plain })
    await tree.passes(1000)
    await tree.stop('db')
    await tree.passes(120_000)
    expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['blocked', 6])
    await tree.start('db')
    expect(tree.status('web')).toBe('running')
  })

  test('[FL2] [TB1] goes on under the next supervisor', async () => {
    await using tree = await flapping(plain)
    await tree.passes(1000)
    await tree.falls({ away: 10_000 })
    expect(tree.process('web').state).toMatchObject({ tag: 'backoff', until: 60_600 })
    await tree.passes(49_600)
    expect(startsOf(tree, 'web').slice(6)).toEqual([60_600])
  })
})

describe('a person', () => {
  for (const verb of ['restart', 'start'] as const) {
    test(`[FL5] ${verb} works in backoff, and forgets what was counted`, async () => {
      await using tree = await flapping(plain)
      await tree.passes(1000)
      await tree[verb]('web')
      await tree.passes(450)
      expect(startsOf(tree, 'web').slice(6)).toEqual([1000, 1100, 1200, 1300, 1400])
      await tree.passes(200)
      expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['backoff', 12])
    })
  }

  test('[FL5] stop works in backoff, and forgets what was counted', async () => {
    await using tree = await flapping(plain)
    await tree.passes(1000)
    await tree.stop('web')
    expect([tree.status('web'), tree.process('web').flap]).toEqual(['stopped', { tag: 'counting', restarts: [] }])
    await tree.passes(120_000)
    expect([tree.status('web'), startsOf(tree, 'web').length]).toEqual(['stopped', 6])
  })

  test('[FL5] delete works in backoff', async () => {
    await using tree = await flapping(plain)
    await tree.passes(1000)
    await tree.delete('web')
    expect(tree.statuses()).toEqual({})
  })

  test('[FL5] who rests when it is switched off starts at once', async () => {
    await using tree = await flapping(plain)
    await tree.passes(1000)
    await tree.tell({ tag: 'policies', policies: { flap: null, groups: new Map() } })
    expect([tree.status('web'), startsOf(tree, 'web').slice(6)]).toEqual(['running', [1000]])
    await tree.passes(1000)
    expect(startsOf(tree, 'web')).toHaveLength(17)
  })

  test('[FL6] other thresholds hold from the next death on, and who rests goes on to the end', async () => {
    await using tree = await flapping(plain)
    await tree.passes(1000)
    await tree.tell({
      tag: 'policies',
      policies: { flap: { ...plain, restarted: 1, countdown: 5000 }, groups: new Map() },
    })
    await tree.passes(59_000)
    expect(tree.status('web')).toBe('backoff')
    await tree.passes(1000)
    expect(startsOf(tree, 'web').slice(6)).toEqual([60_600, 60_700])
    expect(tree.process('web').state).toMatchObject({ tag: 'backoff', until: 65_800 })
  })

  test('[FL6] the thresholds of a process win over the general ones, and so does its having none', async () => {
    const actors = {
      own: { delay, program: crashing, flapDetection: { ...plain, restarted: 1 } },
      none: { delay, program: crashing, flapDetection: 'off' },
      general: { delay, program: crashing },
    } as const
    await using tree = await aTree(actors, { flap: plain })
    await tree.passes(10_050)
    expect(tree.statuses()).toEqual({ own: 'backoff', none: 'running', general: 'backoff' })
    expect(['own', 'none', 'general'].map((name) => startsOf(tree, name).length)).toEqual([2, 101, 6])
  })
})
