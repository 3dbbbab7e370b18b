import { describe, expect, test } from 'bun:test'
import { aMonitor, aReadiness, aWorld } from '../../test/sim/builders.ts'
import { diesBy } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'
import type { Event, Input, ProcessEvent } from './events.ts'
import { step } from './step.ts'
import { nextDeadline, type World } from './world.ts'

const by = { verb: 'test', user: null }

function tell(world: World, event: Event, at = world.now): ReturnType<typeof step> {
  return step(world, { at, dice: 0.5, event })
}

describe('stale news', () => {
  const verdicts = [{ ok: true, detail: 'stale' }]
  const stale: ProcessEvent[] = [
    { tag: 'spawned', run: 1, pid: 1, startTime: 1 },
    { tag: 'spawn-failed', run: 1, code: 'ENOENT', text: 'stale' },
    { tag: 'exited', run: 1, exit: { tag: 'code', code: 1 }, left: 0 },
    { tag: 'exited', run: 1, exit: { tag: 'code', code: 1 }, left: 2 },
    { tag: 'gone', run: 1, killed: [] },
    { tag: 'notified', run: 1, message: { tag: 'ready' } },
    { tag: 'probed', run: 1, token: { process: 1, run: 1, slot: 'ready', attempt: 1 }, verdicts },
  ]

  test.each(stale.map((event) => [event.tag, event] as const))(
    '[TR8] %s of an earlier run changes nothing',
    async (_tag, event) => {
      const program = [diesBy('SIGKILL', { after: 100 }), { readyAfter: 'never' as const }]
      await using tree = await aTree({ web: { ready: aReadiness(), program } })
      await tree.passes(300)
      expect(tree.process('web').runs).toBe(2)
      const { world } = tree.simulation.engine
      const [after, effects] = tell(world, { tag: 'process', process: 1, event })
      expect(effects).toEqual([])
      expect(after).toEqual(world)
    },
  )

  test('[TR8] a verdict on an earlier question to the same run changes nothing', async () => {
    await using tree = await aTree({
      web: { ready: aReadiness(), monitors: [aMonitor({ period: 100 })], program: { answersAfter: 50 } },
    })
    await tree.passes(260)
    const { world } = tree.simulation.engine
    for (const [slot, attempt] of [
      ['ready', 1],
      [0, 1],
      [0, 99],
      [7, 1],
    ] as const) {
      const token = { process: 1, run: 1, slot, attempt }
      const failed = [{ ok: false, detail: 'stale' }]
      const event = { tag: 'process', process: 1, event: { tag: 'probed', run: 1, token, verdicts: failed } } as const
      expect(tell(world, event)[0]).toEqual(world)
    }
  })

  test('[TR8] news of a process that does not exist changes nothing', () => {
    const world = aWorld({ web: {} })
    expect(tell(world, { tag: 'process', process: 99, event: { tag: 'start', by } })[0]).toEqual(world)
  })
})

describe('a step', () => {
  test('leaves the world it was given as it was', () => {
    const world = aWorld({ web: {} })
    const [up] = tell(world, { tag: 'begin', by })
    expect(up).not.toBe(world)
    expect(world).toEqual(aWorld({ web: {} }))
  })

  test('never goes back in time', () => {
    const [later] = tell(aWorld({ web: {} }), { tag: 'begin', by }, 1000)
    expect(tell(later, { tag: 'tick' }, 500)[0].now).toBe(1000)
  })

  test('after the end does nothing', () => {
    const [up] = tell(aWorld({ web: {} }), { tag: 'shutdown', by, force: false })
    expect(up.phase.tag).toBe('over')
    expect(tell(up, { tag: 'begin', by })[1]).toEqual([])
    expect(nextDeadline(up)).toBe(Number.POSITIVE_INFINITY)
  })

  test('a recording played back leads to the same world', async () => {
    const actors = {
      web: { ready: aReadiness(), program: [diesBy('SIGKILL', { after: 500 }), {}] },
      api: { parent: 'web' },
    }
    await using tree = await aTree(actors)
    await tree.passes(3000)
    await tree.stop('web')
    await tree.passes(3000)
    const { recorder, engine } = tree.simulation
    const { program: _, ...web } = actors.web
    const first = aWorld({ web, api: actors.api })
    const played = recorder.inputs.reduce((world: World, input: Input) => step(world, input)[0], first)
    expect(played).toEqual(engine.world)
  })
})
