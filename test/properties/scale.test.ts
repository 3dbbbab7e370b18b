import { expect, test } from 'bun:test'
import type { ProcessSpec } from '../../src/core/spec.ts'
import { step } from '../../src/core/step.ts'
import { createWorld } from '../../src/core/world.ts'
import { someSettings } from '../sim/builders.ts'
import { exitsWith } from '../sim/habit.ts'
import { createSimulation } from '../sim/simulation.ts'
import { shapes } from './shapes.ts'

const small = 2500
const large = 10_000

/** Four times the processes may take twice as long each, for memory's sake; a quadratic planner takes sixteen times. */
const limit = 8

test.each(Object.entries(shapes))(
  'ten thousand processes start and stop in nearly linear time: %s',
  async (_shape, specs) => {
    const little = Math.min(await timeOf(specs(small)), await timeOf(specs(small)))
    let ratio = (await timeOf(specs(large))) / little
    // A busy machine, or a collection of garbage, may spoil one attempt.
    for (let again = 0; again < 3 && ratio >= limit; again++)
      ratio = Math.min(ratio, (await timeOf(specs(large))) / little)
    expect(ratio).toBeLessThan(limit)
  },
  { timeout: 120_000 },
)

test.each(Object.entries(shapes))('ten thousand processes are declared in nearly linear time: %s', (_shape, specs) => {
  const little = Math.min(...[0, 1, 2].map(() => declaring(specs(small))))
  let ratio = declaring(specs(large)) / little
  for (let again = 0; again < 9 && ratio >= limit; again++) ratio = Math.min(ratio, declaring(specs(large)) / little)
  expect(ratio).toBeLessThan(limit)
})

/** How many milliseconds of a core it takes to declare them, and to declare them anew. */
function declaring(specs: readonly ProcessSpec[]): number {
  const before = process.cpuUsage()
  const by = { verb: 'test', user: null }
  const event = { tag: 'declare', declarations: specs.map((spec) => ({ spec })), by } as const
  const [declared] = step(createWorld([], someSettings(), 0), { at: 0, dice: 0.5, event })
  const [again] = step(declared, { at: 0, dice: 0.5, event })
  expect(again.processes.size).toBe(specs.length)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** How many milliseconds of a core it takes to bring a world up and down. */
async function timeOf(specs: readonly ProcessSpec[]): Promise<number> {
  const before = process.cpuUsage()
  await using simulation = createSimulation({
    specs,
    settings: someSettings({ shutdownMax: 1_000_000 }),
    programs: ({ spec }) => (spec.oneshot ? exitsWith(0, { after: 10 }) : {}),
  })
  const { engine, clock } = simulation
  const by = { verb: 'test', user: null }
  engine.dispatch({ tag: 'begin', by })
  await simulation.runUntil(clock.now() + 20 * specs.length)
  const isUp = [...engine.world.processes.values()].every(({ state }) => ['running', 'completed'].includes(state.tag))
  engine.dispatch({ tag: 'shutdown', by, force: false })
  await simulation.runUntil(clock.now() + 20 * specs.length)
  expect([isUp, await engine.ended]).toEqual([true, 0])
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
