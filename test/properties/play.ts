import type { Event, ProcessEvent } from '../../src/core/events.ts'
import { presentRun, type Process } from '../../src/core/process.ts'
import { step } from '../../src/core/step.ts'
import type { World } from '../../src/core/world.ts'
import type { Millis } from '../../src/lib/time.ts'
import { seededDice } from '../sim/dice.ts'
import { createSimulation, type Simulation } from '../sim/simulation.ts'
import { settingsOf, specsOf } from './cast.ts'
import { effectLaws } from './effect-laws.ts'
import { endOf, type ExpectedEnd } from './endings.ts'
import { patienceFor, unsettled } from './liveness.ts'
import { freeze, pureLaws } from './purity.ts'
import type { Deed, Scenario, StaleNews } from './scenario.ts'
import type { Law, Scene } from './scene.ts'
import { stateLaws } from './state-laws.ts'

const by = { verb: 'test', user: null }

/** Plays a scenario from begin to end, and throws when a law was broken. @returns how many steps it took */
export async function play(scenario: Scenario): Promise<number> {
  const dice = seededDice(scenario.seed)
  await using simulation = createSimulation({
    specs: specsOf(scenario),
    settings: settingsOf(scenario),
    programs: ({ ref, spec }) => {
      const { habits } = scenario.actors[Number(spec.name.slice(1))]!
      return habits[ref.run - 1] ?? habits.at(-1) ?? {}
    },
    prologue: (id, nth) => nth > scenario.prologue[Number(id.split('-')[1])]!.failures,
    dice,
    latency: () => scenario.latency,
  })
  const watch = watchOver(simulation)
  const { engine } = simulation
  let code: number | null = null
  void engine.ended.then((ended) => (code = ended))

  engine.dispatch({ tag: 'begin', by })
  for (const deed of scenario.deeds.toSorted((a, b) => a.at - b.at)) {
    await simulation.runUntil(deed.at)
    act(simulation, deed)
  }
  await simulation.runUntil(Math.max(scenario.calmAt, simulation.clock.now()))
  simulation.host.calmDown()
  if (engine.world.phase.tag !== 'over') await comesUp(simulation)
  await goesDown(simulation, scenario)
  await Promise.resolve()
  watch.check()
  if (code === null) throw new Error('the end was never told')
  if (code !== watch.expected?.code) throw new Error(`it ended with ${code} instead of ${watch.expected?.code}`)
  if (watch.expected?.reason === undefined) throw new Error('it ended for no reason')
  const { living } = simulation.host
  if (simulation.host.living().length > 0) throw new Error(`${living.call(simulation.host).join(', ')} outlived it all`)
  return simulation.recorder.inputs.length
}

/** After the last fault all that is wanted and can be up comes up, and stays up. */
async function comesUp(simulation: Simulation): Promise<void> {
  const { engine, clock } = simulation
  const since = clock.now()
  const limit = since + patienceFor(engine.world)
  let missing = unsettled(engine.world)
  const stop = engine.subscribe(({ after }) => void (missing.length > 0 && (missing = unsettled(after))))
  while (missing.length > 0 && clock.now() < limit && engine.world.phase.tag === 'up') {
    await simulation.runUntil(Math.max(clock.now() + 100, Math.min(clock.next(), limit)))
  }
  stop()
  if (engine.world.phase.tag === 'up' && missing.length > 0)
    throw new Error(`not up ${clock.now() - since} ms after the last fault: ${missing.join('; ')}`)
}

/** Told to end, it ends in time. */
async function goesDown(simulation: Simulation, { shutdownMax }: Scenario): Promise<void> {
  const { engine, clock } = simulation
  if (engine.world.phase.tag !== 'over') engine.dispatch({ tag: 'shutdown', by, force: false })
  const longest: Millis = shutdownMax + 2000
  await simulation.runUntil(clock.now() + longest)
  if (engine.world.phase.tag !== 'over') throw new Error(`not over ${longest} ms after it was told to end`)
}

/** Holds every law against every step. */
function watchOver({ engine, host, recorder }: Simulation) {
  const watch = { expected: null as ExpectedEnd | null, check }
  let crimes = 0
  freeze(engine.world)
  engine.subscribe(({ before, after }) => {
    const input = recorder.inputs.at(-1)!
    const [, effects] = step(before, input)
    const scene: Scene = { before, input, after, effects, host }
    const broken = [...effectLaws, ...stateLaws, ...pureLaws].flatMap((law: Law) => [...law(scene)])
    if ((globalThis as any).TRACE) console.log(after.now, JSON.stringify(input.event), [...after.processes.values()].map((p) => p.spec.name + ":" + p.state.tag + (p.jobs.length ? "+" + p.jobs.length : "") + " " + p.state.reason.tag).join(" | "), after.phase.tag, JSON.stringify(effects.map((e) => [e.tag, (e as any).ref?.process, (e as any).signal])))
    watch.expected = endOf(scene, watch.expected)
    check()
    if (broken.length > 0) throw new Error(`at ${after.now} ms, ${JSON.stringify(input.event)}: ${broken.join('; ')}`)
    freeze(after)
  })

  function check(): void {
    const next = host.crimes[crimes++]
    if (next !== undefined) throw new Error(next)
    crimes = host.crimes.length
  }
  return watch
}

function act(simulation: Simulation, deed: Deed): void {
  const { engine, clock } = simulation
  switch (deed.tag) {
    case 'start':
    case 'reset':
      return toProcess(simulation, deed.who, { tag: deed.tag, by })
    case 'stop':
    case 'restart':
      return toProcess(simulation, deed.who, { tag: deed.tag, by, force: deed.force })
    case 'due': {
      // Only what ends can have a turn.
      const { id, spec } = processOf(engine.world, deed.who)
      return spec.oneshot ? engine.dispatch({ tag: 'due', process: id }) : undefined
    }
    case 'signal':
      return engine.dispatch({ tag: 'host-signal', signal: deed.signal })
    case 'shutdown':
      return engine.dispatch({ tag: 'shutdown', by, force: deed.force })
    case 'freeze':
      return clock.skipTo(clock.now() + deed.span)
    case 'stale':
      return tellStaleNews(simulation, deed)
  }
}

function toProcess({ engine }: Simulation, who: number, event: ProcessEvent): void {
  engine.dispatch({ tag: 'process', process: processOf(engine.world, who).id, event })
}

function processOf(world: World, who: number): Process {
  const all = [...world.processes.values()]
  return all[who % all.length]!
}

/** [TR8]: what a run says that is not the present one makes no difference. */
function tellStaleNews({ engine, clock }: Simulation, { who, news, off }: Extract<Deed, { tag: 'stale' }>): void {
  const { world } = engine
  const process = processOf(world, who)
  const event: Event = { tag: 'process', process: process.id, event: staleNews(process, news, off) }
  const chance = { at: clock.now(), dice: 0.5 }
  const [told, effects] = step(world, { ...chance, event })
  const [untold, plain] = step(world, { ...chance, event: { tag: 'tick' } })
  if (!Bun.deepEquals(told, untold) || !Bun.deepEquals(effects, plain))
    throw new Error(`stale news changed the world: ${JSON.stringify(event)}`)
  engine.dispatch(event)
}

function staleNews(process: Process, news: StaleNews, off: number): ProcessEvent {
  const present = presentRun(process)
  const run = (present ?? process.runs) + off
  const token = { process: process.id, run, slot: 'ready', attempt: 1 } as const
  const verdicts = [{ ok: off > 0, detail: 'stale' }]
  switch (news) {
    case 'spawned':
      return { tag: 'spawned', run, pid: 1, startTime: 1 }
    case 'spawn-failed':
      return { tag: 'spawn-failed', run, code: 'ENOENT', text: 'stale' }
    case 'exited':
      return { tag: 'exited', run, exit: { tag: 'code', code: 0 }, left: 0 }
    case 'left':
      return { tag: 'exited', run, exit: { tag: 'code', code: 1 }, left: 2 }
    case 'gone':
      return { tag: 'gone', run, killed: [] }
    case 'ready':
      return { tag: 'notified', run, message: { tag: 'ready' } }
    case 'verdict':
      return { tag: 'probed', run, token, verdicts }
    case 'old-verdict': {
      // Of the present run, but not what it was asked last.
      const stale = { ...token, run: present ?? run, slot: off > 0 ? 0 : ('ready' as const), attempt: 1_000_000 }
      return { tag: 'probed', run: stale.run, token: stale, verdicts }
    }
  }
}
