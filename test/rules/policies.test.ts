import { describe, expect, test } from 'bun:test'
import type { RestartPolicy } from '../../src/core/spec.ts'
import { aMonitor, aReadiness } from '../sim/builders.ts'
import { diesBy, exitsWith, type Habit } from '../sim/habit.ts'
import { aTree, type Actor } from '../sim/tree.ts'
import { startsOf } from './news.ts'

const sick = { monitors: [aMonitor({ period: 100 })], program: [{ sick: [[0, 9e9]] }, {}] } satisfies Actor
const never = { ready: aReadiness(), startTimeout: 100, program: [{ readyAfter: 'never' }, {}] } satisfies Actor
const ended = (habit: Habit): Actor => ({ program: [habit, {}] })

describe('whom the policy restarts', () => {
  const ends: Record<string, Actor> = {
    'exit 0': ended(exitsWith(0)),
    'exit 3': ended(exitsWith(3)),
    'a signal': ended(diesBy('SIGSEGV')),
    'an end that nobody knows': ended({ ends: { after: 0, exit: { tag: 'unknown' } } }),
    'a failed check': sick,
    'a start timeout': never,
    'no program': ended({ spawnFails: 'ENOENT' }),
  }
  const restarted: Record<Exclude<RestartPolicy, 'always' | 'no' | 'on-failure'>, readonly string[]> = {
    'on-abnormal': ['a signal', 'an end that nobody knows', 'a failed check', 'a start timeout'],
    'on-success': ['exit 0'],
  }
  for (const restart of ['on-abnormal', 'on-success'] as const) {
    for (const [end, actor] of Object.entries(ends)) {
      const again = restarted[restart].includes(end)
      test(`${restart === 'on-success' ? '[RS1]' : '[RS8]'} ${restart} ${again ? 'restarts' : 'does not restart'} after ${end}`, async () => {
        await using tree = await aTree({ web: { restart, ...actor } })
        await tree.passes(60_000)
        const rest = end === 'exit 0' ? 'completed' : 'failed'
        expect(tree.status('web')).toBe(again ? 'running' : rest)
        if (!again && end !== 'exit 0') expect(tree.why('web')[0]).toBe('not-restarted')
      })
    }
  }

  test('[RS8] what goes down by its check, and is not to come back, does not look like a restart', async () => {
    await using tree = await aTree({
      web: { restart: 'on-success', ...sick, stop: { timeout: 5000 }, program: { sick: [[0, 9e9]], obeysAfter: 1000 } },
    })
    await tree.passes(500)
    expect(tree.status('web')).toBe('running')
  })

  test('[RS9] an exit code that was listed prevents a restart, whatever the policy', async () => {
    const restartPreventExitCodes = [7, 0]
    await using tree = await aTree({
      failed: { restartPreventExitCodes, program: exitsWith(7) },
      completed: { restartPreventExitCodes, program: exitsWith(0) },
      restarted: { restartPreventExitCodes, program: [exitsWith(8), {}] },
      onSuccess: { restart: 'on-success', restartPreventExitCodes, program: exitsWith(0) },
    })
    await tree.passes(1000)
    const expected = { failed: 'failed', completed: 'completed', restarted: 'running', onSuccess: 'completed' } as const
    expect(tree.statuses()).toEqual(expected)
    expect(tree.process('failed').state.reason).toMatchObject({ tag: 'restart-prevented', code: 7 })
  })

  test('[RS9] it is the exit of one that ended by itself that counts', async () => {
    await using tree = await aTree({
      web: {
        restartPreventExitCodes: [7],
        ...sick,
        program: [{ sick: [[0, 9e9]], ...exitsWith(7, { after: 102 }) }, {}],
      },
    })
    await tree.passes(5000)
    expect(tree.status('web')).toBe('running')
  })
})

describe('a person', () => {
  test('[RS10] who resets it clears all counts, and what waits goes on waiting', async () => {
    const startLimit = { burst: 6, interval: 600_000 }
    await using tree = await aTree({ web: { startLimit, program: exitsWith(1) } })
    await tree.passes(1000)
    expect(tree.process('web')).toMatchObject({ restarts: 3, streak: 4, starts: [0, 100, 300, 700] })
    await tree.command('web', { tag: 'reset' })
    expect(tree.process('web')).toMatchObject({ restarts: 0, streak: 0, starts: [], state: { until: 1500 } })
    await tree.passes(1000)
    expect(startsOf(tree, 'web')).toEqual([0, 100, 300, 700, 1500, 1600, 1800])
  })
})

describe('what follows a start limit', () => {
  const limited = { startLimit: { burst: 2, interval: 60_000 }, program: exitsWith(7, { after: 10 }) } as const
  const around = { root: {}, mid: { parent: 'root' }, leaf: { parent: 'mid' }, beside: { parent: 'root' }, apart: {} }

  test('[RS11] nothing more, if nothing is said', async () => {
    await using tree = await aTree({ ...around, mid: { parent: 'root', ...limited } })
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({
      root: 'running',
      mid: 'failed',
      leaf: 'blocked',
      beside: 'running',
      apart: 'running',
    })
  })

  test('[RS11] stop-tree takes the tree down from its root, and nothing else', async () => {
    await using tree = await aTree({ ...around, mid: { parent: 'root', onStartLimit: 'stop-tree', ...limited } })
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({
      root: 'failed',
      mid: 'failed',
      leaf: 'blocked',
      beside: 'blocked',
      apart: 'running',
    })
    expect(tree.why('root')).toEqual(['tree-stopped', 'start-limit', 'exited'])
    expect(tree.why('beside').slice(0, 2)).toEqual(['never-satisfied', 'tree-stopped'])
  })

  test('[RS11] a person who starts the root brings back all but the one that failed', async () => {
    await using tree = await aTree({ ...around, mid: { parent: 'root', onStartLimit: 'stop-tree', ...limited } })
    await tree.passes(5000)
    await tree.start('root')
    await tree.passes(1000)
    expect(tree.statuses()).toMatchObject({ root: 'running', mid: 'failed', beside: 'running' })
  })

  test('[RS11] a root that is just being started goes down too', async () => {
    await using tree = await aTree({
      root: {},
      web: { parent: 'root', onStartLimit: 'stop-tree', ...limited, program: { spawnFails: 'ENOENT' } },
    })
    await tree.passes(20_000)
    expect(tree.statuses()).toEqual({ root: 'failed', web: 'failed' })
    expect(tree.simulation.host.living()).toEqual([])
  })

  test('[RS12] exit ends up with 1', async () => {
    await using tree = await aTree({ ...around, mid: { parent: 'root', onStartLimit: 'exit', ...limited } })
    await tree.passes(5000)
    expect(tree.code).toBe(1)
    expect(tree.process('apart').state.reason.tag).toBe('limit-exit')
  })

  test('[RS12] in a daemon exit stops the tree, and nothing ends', async () => {
    const actors = { ...around, mid: { parent: 'root', onStartLimit: 'exit', ...limited } } as const
    await using tree = await aTree(actors, { mayEnd: false })
    await tree.passes(5000)
    expect([tree.code, tree.status('root'), tree.status('apart')]).toEqual([null, 'failed', 'running'])
  })

  test('[RN8] in a daemon a significant process is like any other', async () => {
    await using tree = await aTree({ web: { significant: true, program: [exitsWith(7), {}] } }, { mayEnd: false })
    await tree.passes(1000)
    expect([tree.code, tree.status('web'), startsOf(tree, 'web')]).toEqual([null, 'running', [0, 100]])
  })
})

describe('health', () => {
  test('[RS13] a restart for the sake of health is not repeated while the new run takes long to start', async () => {
    const program: Habit = { readyAfter: 30_000, sick: [[0, 29_000], [32_500, 9e9]] } // prettier-ignore
    await using tree = await aTree({
      web: {
        ready: aReadiness({ period: null }),
        startTimeout: 60_000,
        monitors: [aMonitor({ period: 1000 })],
        program: [program, { readyAfter: 30_000, sick: [[0, 30_500]] }],
      },
    })
    await tree.passes(600_000)
    expect(startsOf(tree, 'web')).toHaveLength(2)
    expect([tree.status('web'), tree.isReady('web'), tree.process('web').restarts]).toEqual(['running', true, 1])
  })

  test('[RS13] who is sick whenever it is up is restarted no faster than it starts', async () => {
    const program: Habit = { readyAfter: 10_000, sick: [[0, 9e9]] }
    const monitors = [aMonitor({ period: 1000 })]
    await using tree = await aTree({ web: { ready: aReadiness({ period: null }), monitors, program } })
    await tree.passes(120_000)
    const starts = startsOf(tree, 'web')
    const gaps = starts.slice(1).map((at, i) => at - starts[i]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(11_000)
  })
})

describe('the clock of the host', () => {
  for (const jump of [3_600_000, -3_600_000]) {
    test(`[RS14] set by ${jump / 3_600_000} h it changes no delay, no timeout and no period`, async () => {
      const actors = {
        web: { program: exitsWith(1) },
        rests: { program: exitsWith(1), flapDetection: { restarted: 1, countdown: 20_000, decrement: 0 } },
        limited: { startLimit: { burst: 4, interval: 10_000 }, program: exitsWith(1, { after: 3000 }) },
        slow: { ready: aReadiness(), startTimeout: 7000, program: { readyAfter: 'never' } },
        often: {
          oneshot: true,
          autostart: false,
          trigger: { schedule: { tag: 'every', period: 5000 } },
          program: exitsWith(0),
        },
        stubborn: { stop: { timeout: 8000 }, program: { obeysAfter: 'never' } },
      } satisfies Record<string, Actor>
      const play = async (jumps: boolean): Promise<string[]> => {
        await using tree = await aTree(actors)
        await tree.passes(1000)
        await tree.stop('stubborn')
        await tree.passes(500)
        if (jumps) tree.simulation.clock.set(jump)
        await tree.passes(60_000)
        return tree.news()
      }
      expect(await play(true)).toEqual(await play(false))
    })
  }
})
