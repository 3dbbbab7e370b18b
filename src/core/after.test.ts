import { describe, expect, test } from 'bun:test'
import { aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith } from '../../test/sim/habit.ts'
import { aTree, type Actor } from '../../test/sim/tree.ts'

describe('the restart policy', () => {
  /** Where a process is a second after its first run has ended this way. */
  async function afterwards(actor: Actor): Promise<string> {
    await using tree = await aTree({ web: actor })
    await tree.passes(1000)
    return tree.status('web')
  }

  test('[RS1] always restarts after any end', async () => {
    for (const program of [exitsWith(0), exitsWith(3), diesBy('SIGKILL')]) {
      expect(await afterwards({ program: [program, {}] })).toBe('running')
    }
  })

  test('[RS1] [RS2] on-failure restarts after any end but a success, and a success is completed', async () => {
    const policy = { restart: 'on-failure', successExitCodes: [0, 2] } as const
    expect(await afterwards({ ...policy, program: exitsWith(0) })).toBe('completed')
    expect(await afterwards({ ...policy, program: exitsWith(2) })).toBe('completed')
    expect(await afterwards({ ...policy, program: [exitsWith(3), {}] })).toBe('running')
    expect(await afterwards({ ...policy, program: [diesBy('SIGKILL'), {}] })).toBe('running')
  })

  test('[RS1] [RS2] no never restarts: a success is completed, all else has failed', async () => {
    expect(await afterwards({ restart: 'no', program: exitsWith(0) })).toBe('completed')
    expect(await afterwards({ restart: 'no', program: exitsWith(1) })).toBe('failed')
    expect(await afterwards({ restart: 'no', program: diesBy('SIGTERM') })).toBe('failed')
  })

  test("[RS2] with pmon3's no_auto_restart any end has failed, unless it is a oneshot", async () => {
    const policy = { restart: 'no', endIsFailure: true, program: exitsWith(0) } as const
    expect(await afterwards(policy)).toBe('failed')
    expect(await afterwards({ ...policy, oneshot: true })).toBe('completed')
  })

  test('[RS2] a oneshot that takes 5 ms is a success', async () => {
    expect(await afterwards({ oneshot: true, program: exitsWith(0, { after: 5 }) })).toBe('completed')
  })
})

describe('the delay', () => {
  test('[RS3] doubles with every short life, up to its maximum', async () => {
    const delay = { tag: 'backoff', initial: 100, factor: 2, max: 1000, jitter: 0.1, resetAfter: 10_000 } as const
    await using tree = await aTree({ web: { delay, program: exitsWith(1) } })
    await tree.passes(5000)
    const starts = tree.news().filter((line) => line.endsWith('starts'))
    expect(starts.map((line) => Number.parseFloat(line))).toEqual([0, 100, 300, 700, 1500, 2500, 3500, 4500])
  })

  test('[RS3] is told, with the number of the short life and the next try', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) } })
    await tree.passes(150)
    expect(tree.process('web').state).toMatchObject({
      tag: 'delayed',
      until: 300,
      reason: { tag: 'delay', nth: 2, delay: 200, because: { tag: 'exited', exit: { tag: 'code', code: 1 } } },
    })
  })

  test('[RS3] there is none after a good life, and the next short one is the first again', async () => {
    await using tree = await aTree({
      web: { program: [exitsWith(1), exitsWith(1), exitsWith(1, { after: 10_000 }), exitsWith(1), {}] },
    })
    await tree.passes(20_000)
    const starts = tree.news().filter((line) => line.endsWith('starts'))
    expect(starts).toEqual(['0 web starts', '100 web starts', '300 web starts', '10300 web starts', '10400 web starts'])
  })

  test("[RS4] procmon's begins at a second and doubles", async () => {
    await using tree = await aTree({ web: { delay: { tag: 'procmon', rest: 10_000 }, program: exitsWith(1) } })
    await tree.passes(20_000)
    const starts = tree.news().filter((line) => line.endsWith('starts'))
    expect(starts).toEqual([
      '0 web starts',
      '1000 web starts',
      '3000 web starts',
      '7000 web starts',
      '15000 web starts',
    ])
  })
})

describe('the start limit', () => {
  test('[RS5] the last start within the interval is the last one, and the exit is kept', async () => {
    await using tree = await aTree({ web: { startLimit: { burst: 5, interval: 10_000 }, program: exitsWith(7) } })
    await tree.passes(60_000)
    expect(tree.process('web').runs).toBe(5)
    expect([tree.status('web'), ...tree.why('web')]).toEqual(['failed', 'start-limit', 'exited'])
    expect(tree.process('web').exit).toEqual({ tag: 'code', code: 7 })
  })

  test('[RS5] the interval slides: who dies rarely enough never reaches it', async () => {
    await using tree = await aTree({
      web: { startLimit: { burst: 2, interval: 1000 }, program: exitsWith(7, { after: 1500 }) },
    })
    await tree.passes(100_000)
    expect(tree.status('web')).not.toBe('failed')
  })
})

describe('what cannot be spawned', () => {
  test('[RS6] has failed with the text of its errno, and is tried again after the longest delay', async () => {
    await using tree = await aTree({ web: { program: [{ spawnFails: 'ENOENT' }, { spawnFails: 'EACCES' }, {}] } })
    expect(tree.status('web')).toBe('failed')
    expect(tree.process('web').state).toMatchObject({
      retryAt: 10_000,
      reason: { tag: 'spawn-failed', code: 'ENOENT', text: 'ENOENT: /bin/web' },
    })
    await tree.passes(10_000)
    expect(tree.process('web').state).toMatchObject({ tag: 'failed', retryAt: 20_000 })
    await tree.passes(10_000)
    expect(tree.status('web')).toBe('running')
  })

  test('[RS6] is not tried again where nothing is restarted', async () => {
    await using tree = await aTree({ web: { restart: 'no', program: { spawnFails: 'ENOENT' } } })
    await tree.passes(60_000)
    expect([tree.status('web'), tree.process('web').runs]).toEqual(['failed', 1])
  })

  test('[RS6] is tried again no sooner when somebody calls for it', async () => {
    await using tree = await aTree({
      setup: { oneshot: true, autostart: false, restart: 'always', program: { spawnFails: 'ENOENT' } },
      web: { prerun: ['setup'] },
    })
    await tree.passes(25_000)
    expect(tree.process('setup').runs).toBe(3)
    expect(tree.status('web')).toBe('init')
  })

  test('a stop that comes while it is being spawned leaves nothing to try again', async () => {
    await using tree = await aTree({ web: { program: { spawnFails: 'ENOENT' } } }, { begun: false })
    tree.simulation.engine.subscribe(({ after, before }) => {
      if (before.phase.tag === 'idle' && after.phase.tag === 'up') void tree.stop('web')
    })
    await tree.begin()
    expect(tree.status('web')).toBe('stopped')
    await tree.passes(60_000)
    expect(tree.process('web').runs).toBe(1)
  })
})

test('a restart clears every counter and begins a new start phase', async () => {
  await using tree = await aTree({ web: { ready: aReadiness(), program: { readyAfter: 500 } } })
  await tree.passes(1000)
  await tree.restart('web')
  await tree.passes(100)
  expect(tree.status('web')).toBe('init')
  await tree.passes(1000)
  expect(tree.status('web')).toBe('running')
})
