import { named } from '../../src/core/world.ts'
import type { Millis } from '../../src/lib/time.ts'
import { seededDice } from '../../src/lib/dice.ts'
import type { Engine } from '../../src/daemon/engine.ts'
import { createSimulation, type Simulation } from '../sim/simulation.ts'
import { settingsOf, specsOf } from './cast.ts'
import { act, by } from './deeds.ts'
import { patienceFor, unsettled } from './liveness.ts'
import type { Scenario } from './scenario.ts'
import { watchOver } from './watch.ts'

/** Plays a scenario from begin to end, and throws when a law was broken. @returns how many steps it took */
export async function play(scenario: Scenario): Promise<number> {
  const complaints: string[] = []
  await using simulation = stage(scenario, complaints)
  const watch = watchOver(simulation, complaints)
  let code: number | null = null
  const onEngine = (engine: Engine): void => {
    watch.follow(engine)
    void engine.ended.then((ended) => (code = ended))
  }
  onEngine(simulation.engine)

  simulation.engine.dispatch({ tag: 'begin', by })
  for (const deed of scenario.deeds.toSorted((a, b) => a.at - b.at)) {
    await simulation.runUntil(deed.at)
    if (complaints.length === 0) complaints.push(...(await act({ simulation, scenario, onEngine }, deed)))
  }
  await simulation.runUntil(Math.max(scenario.calmAt, simulation.clock.now()))
  simulation.host.calmDown()
  complaints.push(...(await comesUp(simulation)))
  complaints.push(...(await goesDown(simulation, scenario)))
  await Promise.resolve()
  if (code !== watch.expected?.code) complaints.push(`it ended with ${code} instead of ${watch.expected?.code}`)
  const [first] = complaints
  if (first !== undefined) throw new Error(first)
  return simulation.recorder.inputs.length
}

function stage(scenario: Scenario, complaints: readonly string[]): Simulation {
  return createSimulation({
    specs: specsOf(scenario),
    settings: settingsOf(scenario),
    programs: ({ ref, spec }) => {
      const { habits } = scenario.actors[Number(spec.name.slice(1))]!
      return habits[ref.run - 1] ?? habits.at(-1) ?? {}
    },
    prologue: (id, nth) => nth > scenario.prologue[Number(id.split('-')[1])]!.failures,
    dice: seededDice(scenario.seed),
    latency: () => scenario.latency,
    turnsAtOneInstant: 3000,
    isOver: () => complaints.length > 0,
  })
}

/** After the last fault all that is wanted and can be up comes up. */
async function comesUp(simulation: Simulation): Promise<string[]> {
  const { engine, clock } = simulation
  const since = clock.now()
  const limit = since + patienceFor(engine.world)
  let missing = unsettled(engine.world)
  const stop = engine.subscribe(({ after }) => {
    if (missing.length > 0) missing = unsettled(after)
  })
  while (missing.length > 0 && clock.now() < limit) await simulation.runUntil(clock.now() + 100)
  stop()
  return missing.length === 0 ? [] : [`not up ${clock.now() - since} ms after the last fault: ${missing.join('; ')}`]
}

/** Told to end, it ends in time, and leaves nothing behind. */
async function goesDown({ engine, clock, host, runUntil }: Simulation, { shutdownMax }: Scenario): Promise<string[]> {
  if (engine.world.phase.tag !== 'over') engine.dispatch({ tag: 'shutdown', by, force: false })
  const longest: Millis = shutdownMax + 2000
  await runUntil(clock.now() + longest)
  if (engine.world.phase.tag !== 'over') return [`not over ${longest} ms after it was told to end`]
  return host.living().flatMap((name) => {
    const run = host.present(name)
    // What a main process leaves in kill mode `process` is left alone.
    const modes = [run?.order.spec, named(engine.world, name)?.spec].map((spec) => spec?.stop.mode)
    const isLeft = modes.includes('process') && run?.main.isAlive === false
    return isLeft ? [] : [`${name} has outlived it all`]
  })
}
