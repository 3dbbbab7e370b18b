import { describe, expect, test } from 'bun:test'
import { explainState } from '../../src/core/explain.ts'
import { aMonitor } from '../sim/builders.ts'
import { diesBy, exitsWith, type Habit } from '../sim/habit.ts'
import { aTree, type Actor } from '../sim/tree.ts'
import { startsOf } from './news.ts'

const procmon = { tag: 'procmon', rest: 10_000 } as const
const backoff = { tag: 'backoff', initial: 100, factor: 2, max: 10_000, jitter: 0.1, resetAfter: 10_000 } as const

/** When a process was started within `span`, with the delays of our dialect unless it says otherwise. */
async function starts(web: Actor, span: number, dice = 0.5): Promise<number[]> {
  await using tree = await aTree({ web }, { dice: () => dice })
  await tree.passes(span)
  return startsOf(tree, 'web')
}

describe('the policy', () => {
  const ends: Record<string, Habit> = {
    'exit 0': exitsWith(0, { after: 10 }),
    'exit 3': exitsWith(3, { after: 10 }),
    SIGSEGV: diesBy('SIGSEGV', { after: 10 }),
    'an end that nobody knows': { ends: { after: 10, exit: { tag: 'unknown' } } },
  }
  const table = {
    always: { 'exit 0': 'running', 'exit 3': 'running', SIGSEGV: 'running', 'an end that nobody knows': 'running' },
    'on-failure': {
      'exit 0': 'completed',
      'exit 3': 'running',
      SIGSEGV: 'running',
      'an end that nobody knows': 'running',
    },
    no: { 'exit 0': 'completed', 'exit 3': 'failed', SIGSEGV: 'failed', 'an end that nobody knows': 'failed' },
  } as const
  for (const restart of ['always', 'on-failure', 'no'] as const) {
    test(`[RS1] [RS2] ${restart}, after any end`, async () => {
      for (const [end, program] of Object.entries(ends)) {
        await using tree = await aTree({ web: { restart, program: [program, {}] } })
        await tree.passes(1000)
        expect(`${end}: ${tree.status('web')}`).toBe(`${end}: ${table[restart][end as 'SIGSEGV']}`)
        expect(startsOf(tree, 'web')).toHaveLength(tree.status('web') === 'running' ? 2 : 1)
      }
    })
  }

  test('[RS1] a success is an exit code that was listed, and no other', async () => {
    await using tree = await aTree({
      listed: { restart: 'on-failure', successExitCodes: [3, 4], program: [exitsWith(4), {}] },
      zero: { restart: 'on-failure', successExitCodes: [3, 4], program: [exitsWith(0), {}] },
    })
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ listed: 'completed', zero: 'running' })
  })

  test('[RS1] a run that was taken down by its monitor has not succeeded, whatever it exits with', async () => {
    const sick = { monitors: [aMonitor({ period: 1000 })], program: [{ sick: [[0, 9e9]] }, {}] } satisfies Actor
    await using tree = await aTree({
      web: { restart: 'on-failure', ...sick },
      once: { restart: 'no', ...sick },
    })
    await tree.passes(1500)
    expect(tree.statuses()).toEqual({ web: 'running', once: 'failed' })
    expect(startsOf(tree, 'web')).toHaveLength(2)
  })

  test("[RS2] with pmon3's no_auto_restart any end shows failed", async () => {
    await using tree = await aTree({
      well: { restart: 'no', endIsFailure: true, program: exitsWith(0) },
      badly: { restart: 'no', endIsFailure: true, program: exitsWith(1) },
    })
    await tree.passes(0)
    expect(tree.statuses()).toEqual({ well: 'failed', badly: 'failed' })
  })
})

describe('the delay', () => {
  test('[RS3] doubles with each short life, up to the longest', async () => {
    expect(await starts({ program: exitsWith(1) }, 45_000)).toEqual([
      0, 100, 300, 700, 1500, 3100, 6300, 12_700, 22_700, 32_700, 42_700,
    ])
  })

  test('[RS3] is initial × factor^(n−1) with numbers of its own', async () => {
    const delay = { ...backoff, initial: 1000, factor: 3, max: 20_000, jitter: 0 }
    expect(await starts({ delay, program: exitsWith(0) }, 60_000)).toEqual([0, 1000, 4000, 13_000, 33_000, 53_000])
  })

  test('[RS3] is at most a tenth shorter or longer, also at its longest', async () => {
    const shortest = await starts({ program: exitsWith(1) }, 22_000, 0)
    const longest = await starts({ program: exitsWith(1) }, 25_000, 1 - 1e-12)
    expect(gaps(shortest)).toEqual([90, 180, 360, 720, 1440, 2880, 5760, 9000])
    expect(gaps(longest)).toEqual([110, 220, 440, 880, 1760, 3520, 7040, 11_000])
  })

  test('[RS3] is none after a good life, and then begins anew', async () => {
    const program = [exitsWith(1), exitsWith(1), exitsWith(1, { after: 10_000 }), exitsWith(1), exitsWith(1), {}]
    expect(await starts({ program }, 60_000)).toEqual([0, 100, 300, 10_300, 10_400, 10_600])
  })

  test('[RS3] is none after a good life that a monitor has ended', async () => {
    const sick = { sick: [[0, 9e9]], answersAfter: 0, obeysAfter: 50 } as const
    const good = { monitors: [aMonitor({ period: 12_000 })], program: [sick, {}] }
    const short = { monitors: [aMonitor({ period: 3000 })], program: [sick, {}] }
    expect([await starts(good, 20_000), await starts(short, 20_000)]).toEqual([
      [0, 12_050],
      [0, 3150],
    ])
  })

  test('[RS3] goes on growing after a life that was a millisecond too short', async () => {
    const program = [exitsWith(1), exitsWith(1), exitsWith(1, { after: 9999 }), {}]
    expect(await starts({ program }, 60_000)).toEqual([0, 100, 300, 10_699])
  })

  test('[RS3] is that of a short life when the process was short-lived and what it left behind took long', async () => {
    const program = [{ ...exitsWith(1, { after: 1000 }), children: [{ obeysAfter: 'never' }] }, {}] as const
    expect(await starts({ program }, 60_000)).toEqual([0, 11_100])
  })

  test('[RS3] is told, with the short lives so far and when the next try is', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) } })
    await tree.passes(300)
    expect(tree.process('web').state).toMatchObject({ tag: 'delayed', until: 700 })
    expect(tree.process('web').state.reason).toMatchObject({ tag: 'delay', nth: 3, delay: 400 })
    expect(tree.status('web')).toBe('restarting')
  })

  test("[RS4] procmon's begins at 1 s and doubles at every restart, without end", async () => {
    expect(await starts({ delay: procmon, program: exitsWith(1) }, 130_000)).toEqual([
      0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 127_000,
    ])
  })

  test("[RS4] procmon's approaches its rest by a tenth each time the process has lived as long as the delay", async () => {
    // 1 s before the first restart, so 2 s; a life of 4.8 s is one of 2 s and one of 2.8 s: 2.8 s, then 3.52 s.
    const program = [exitsWith(1), exitsWith(1, { after: 4800 }), exitsWith(1), {}]
    const [first, second, third, fourth] = await starts({ delay: procmon, program }, 60_000)
    expect([first, second]).toEqual([0, 1000])
    expect(third! - 5800).toBeCloseTo(3520, 6)
    expect(fourth! - third!).toBeCloseTo(7040, 6)
  })

  test("[RS4] procmon's stays as it was for a life a millisecond shorter than the delay", async () => {
    const program = [exitsWith(1), exitsWith(1, { after: 1999 }), {}]
    expect(await starts({ delay: procmon, program }, 60_000)).toEqual([0, 1000, 4999])
  })

  test("[RS4] procmon's comes down to its rest from above as well", async () => {
    const short = exitsWith(1)
    // The delay is 32 s when the sixth run begins; a life of 32 s brings it a tenth nearer to 10 s.
    const program = [short, short, short, short, short, exitsWith(1, { after: 32_000 }), {}]
    const times = await starts({ delay: procmon, program }, 120_000)
    expect(times.slice(0, 6)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000])
    expect(times[6]! - 63_000).toBeCloseTo(29_800, 6)
  })

  test("[RS4] procmon's has come to its rest after a long life", async () => {
    const program = [exitsWith(1, { after: 86_400_000 }), exitsWith(1), {}]
    const [, second, third] = await starts({ delay: procmon, program }, 86_500_000)
    expect(second! - 86_400_000).toBeCloseTo(10_000, -1)
    expect(third! - second!).toBeCloseTo(20_000, -1)
  })
})

describe('the start limit', () => {
  const steady = { ...backoff, initial: 1000, factor: 1, jitter: 0 }

  test('[RS5] lets the last start within the interval be the last one, with the reason and the last exit', async () => {
    await using tree = await aTree({
      web: {
        startLimit: { burst: 3, interval: 10_000 },
        delay: steady,
        program: [exitsWith(1), exitsWith(1), exitsWith(7)],
      },
    })
    await tree.passes(600_000)
    expect(startsOf(tree, 'web')).toEqual([0, 1000, 2000])
    expect([tree.status('web'), tree.process('web').exit]).toEqual(['failed', { tag: 'code', code: 7 }])
    expect(tree.process('web').state).toMatchObject({
      retryAt: Infinity,
      reason: { tag: 'start-limit', starts: 3, interval: 10_000, because: { tag: 'exited' } },
    })
  })

  test('[RS5] slides: who starts a little too rarely never reaches it', async () => {
    // Every 5 s: within 10 s there are two starts, and never three.
    const web = { startLimit: { burst: 3, interval: 10_000 }, delay: steady, program: exitsWith(1, { after: 4000 }) }
    expect(await starts(web, 100_000)).toHaveLength(21)
  })

  test('[RS5] slides: a burst counts wherever it begins', async () => {
    const short = exitsWith(1)
    const web = {
      startLimit: { burst: 3, interval: 10_000 },
      delay: { ...steady, resetAfter: 1e9 },
      program: [exitsWith(1, { after: 8500 }), short, short, short, short],
    }
    // At 9.5 s the first start, at 0, is still in the window; at 10.5 s it has left it.
    expect(await starts(web, 100_000)).toEqual([0, 9500, 10_500, 11_500])
  })

  test('[RS5] slides: what has left the window when a run ends counts no more, so never more than B start within I', async () => {
    const web = {
      startLimit: { burst: 2, interval: 10_000 },
      delay: { ...steady, resetAfter: 1e9 },
      program: [exitsWith(1, { after: 8000 }), exitsWith(1, { after: 3000 }), exitsWith(1), {}],
    }
    // At 9 s the first start is in the window, at 12 s it is not; at 13 s the second one, at 9 s, still is.
    expect(await starts(web, 100_000)).toEqual([0, 9000, 13_000])
  })

  test('[RS5] what has left the window is forgotten, however long it goes on', async () => {
    const startLimit = { burst: 3, interval: 10_000 }
    await using tree = await aTree({ web: { startLimit, delay: steady, program: exitsWith(1, { after: 4000 }) } })
    await tree.passes(3_600_000)
    expect(tree.process('web').runs).toBeGreaterThan(700)
    expect(tree.process('web').starts.length).toBeLessThanOrEqual(3)
  })

  test('[RS5] counts starts however long they lived', async () => {
    const web = {
      startLimit: { burst: 2, interval: 60_000 },
      delay: { ...backoff, resetAfter: 5000 },
      program: exitsWith(1, { after: 20_000 }),
    }
    expect(await starts(web, 600_000)).toEqual([0, 20_000])
  })
})

describe('what cannot be spawned', () => {
  test('[RS6] is failed with the text and the path, and is tried again after the longest delay', async () => {
    await using tree = await aTree({ web: { program: [{ spawnFails: 'ENOENT' }, { spawnFails: 'EACCES' }, {}] } })
    expect(tree.status('web')).toBe('failed')
    expect(tree.process('web').state).toMatchObject({ retryAt: 10_000 })
    expect(explainState(tree.process('web'), tree.now)).toBe('could not be started: ENOENT: /bin/web; next try in 10s')
    await tree.passes(10_000)
    expect(explainState(tree.process('web'), tree.now)).toContain('EACCES: /bin/web')
    await tree.passes(10_000)
    expect([tree.status('web'), startsOf(tree, 'web')]).toEqual(['running', [20_000]])
  })

  test('[RS6] is tried again after a longest delay of its own', async () => {
    const delay = { ...backoff, max: 3000 }
    expect(await starts({ delay, program: [{ spawnFails: 'ENOENT' }, {}] }, 60_000)).toEqual([3000])
  })

  test('[RS6] is not tried again with restart: no', async () => {
    await using tree = await aTree({ web: { restart: 'no', program: [{ spawnFails: 'ENOENT' }, {}] } })
    await tree.passes(60_000)
    expect([tree.status('web'), tree.why('web')]).toEqual(['failed', ['not-restarted', 'spawn-failed']])
  })
})

describe("a person's word", () => {
  for (const verb of ['start', 'restart'] as const) {
    test(`[RS7] ${verb} clears the delays`, async () => {
      await using tree = await aTree({ web: { program: exitsWith(1) } })
      await tree.passes(1000)
      expect(startsOf(tree, 'web')).toEqual([0, 100, 300, 700])
      await tree[verb]('web')
      await tree.passes(250)
      expect(startsOf(tree, 'web').slice(4)).toEqual([1000, 1100])
      expect(tree.process('web').state).toMatchObject({ tag: 'delayed', until: 1300 })
    })

    test(`[RS7] ${verb} clears procmon's delay`, async () => {
      await using tree = await aTree({ web: { delay: procmon, program: exitsWith(1) } })
      await tree.passes(8000)
      await tree[verb]('web')
      await tree.passes(1000)
      expect(startsOf(tree, 'web')).toEqual([0, 1000, 3000, 7000, 8000, 9000])
    })

    test(`[RS7] ${verb} clears the start limit's window`, async () => {
      const startLimit = { burst: 2, interval: 3_600_000 }
      await using tree = await aTree({ web: { startLimit, program: exitsWith(1) } })
      await tree.passes(1000)
      expect([tree.status('web'), startsOf(tree, 'web')]).toEqual(['failed', [0, 100]])
      await tree[verb]('web')
      await tree.passes(1000)
      expect([tree.status('web'), startsOf(tree, 'web')]).toEqual(['failed', [0, 100, 1000, 1100]])
    })

    test(`[RS7] ${verb} clears the delays of what runs as well`, async () => {
      const short = exitsWith(1)
      await using tree = await aTree({
        web: { program: [short, short, short, exitsWith(1, { after: 500 }), short, {}] },
      })
      await tree.passes(800)
      await tree[verb]('web')
      await tree.passes(5000)
      const [, , , , next = 0, after = 0] = startsOf(tree, 'web')
      expect(verb === 'start' ? [next, after] : next).toEqual(verb === 'start' ? [1300, 1500] : 805)
      expect(tree.process('web').streak).toBe(verb === 'start' ? 2 : 1)
    })
  }

  test('[RS7] restart raises the counter by one, a restart by us too, and stop sets it to 0', async () => {
    await using tree = await aTree({ web: { program: [exitsWith(1, { after: 100 }), {}] } })
    await tree.passes(5000)
    expect(tree.process('web').restarts).toBe(1)
    await tree.restart('web')
    await tree.passes(100)
    expect(tree.process('web').restarts).toBe(2)
    await tree.stop('web')
    expect(tree.process('web').restarts).toBe(0)
    await tree.start('web')
    await tree.passes(100)
    expect([tree.status('web'), tree.process('web').restarts]).toEqual(['running', 0])
  })

  test('[RS7] a restart because of a parent counts as one by us', async () => {
    await using tree = await aTree({ db: {}, web: { parent: 'db' } })
    await tree.restart('db')
    await tree.passes(100)
    expect([tree.process('db').restarts, tree.process('web').restarts]).toEqual([1, 1])
  })
})

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((at, i) => Math.round(at - times[i]!))
}
