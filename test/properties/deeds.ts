import type { Declaration, Event, ProcessEvent } from '../../src/core/events.ts'
import { presentRun, type Process } from '../../src/core/process.ts'
import { step } from '../../src/core/step.ts'
import type { Policies, World } from '../../src/core/world.ts'
import type { Engine } from '../../src/daemon/engine.ts'
import type { Simulation } from '../sim/simulation.ts'
import { declarationsOf, policiesOf } from './cast.ts'
import type { Deed, FallPlan, Scenario, StaleNews } from './scenario.ts'

export const by = { verb: 'test', user: null }

/** Does it. @returns what was wrong about what came of it */
export async function act(stage: Stage, deed: Deed): Promise<string[]> {
  const { simulation, scenario } = stage
  const { engine, clock } = simulation
  if (deed.tag === 'freeze') clock.skipTo(clock.now() + deed.span)
  else if (deed.tag === 'stale') return tellStaleNews(simulation, deed)
  else if (deed.tag === 'fall') await fall(stage, deed.fall)
  else if (deed.tag === 'declare') declare(simulation, declarationsOf(scenario, deed.plans))
  else if (deed.tag === 'policies') setPolicies(simulation, policiesOf(deed.policies))
  else for (const event of eventsOf(engine.world, deed)) engine.dispatch(event)
  return []
}

/** Where deeds are done. */
export interface Stage {
  readonly simulation: Simulation
  readonly scenario: Scenario
  readonly onEngine: (engine: Engine) => void
}

function declare({ engine, host }: Simulation, declarations: readonly Declaration[]): void {
  for (const { spec } of declarations) {
    const run = host.present(spec.name)
    host.redeclared.add(spec.name)
    if (run === undefined) continue
    run.wasRedeclared = true
    run.isOneshot = spec.oneshot
  }
  engine.dispatch({ tag: 'declare', declarations, by })
}

function setPolicies({ engine, host }: Simulation, policies: Policies): void {
  for (const { spec } of engine.world.processes.values()) host.redeclared.add(spec.name)
  engine.dispatch({ tag: 'policies', policies })
}

async function fall({ simulation, onEngine }: Stage, plan: FallPlan): Promise<void> {
  const { world } = simulation.engine
  if (world.phase.tag === 'over') return
  const { away, hearsFirst, tellsExits, last } = plan
  simulation.host.tellsExits = tellsExits
  const process = last === null ? undefined : processOf(world, last.who)
  const event = last === null || process === undefined ? null : lastEvent(process, last.verb)
  await simulation.restart({
    away,
    hearsFirst,
    onEngine,
    ...(event === null ? {} : { last: { event, spawns: last?.spawns ?? false } }),
  })
}

function lastEvent({ id }: Process, verb: 'start' | 'stop' | 'restart' | 'delete'): Event {
  const event = verb === 'start' ? ({ tag: verb, by } as const) : ({ tag: verb, by, force: false } as const)
  return { tag: 'process', process: id, event }
}

function eventsOf(
  world: World,
  deed: Exclude<Deed, { tag: 'freeze' | 'stale' | 'fall' | 'declare' | 'policies' }>,
): Event[] {
  switch (deed.tag) {
    case 'start':
    case 'reset':
      return about(world, deed.who, { tag: deed.tag, by })
    case 'stop':
    case 'restart':
    case 'delete': {
      const { tag, force } = deed
      return about(world, deed.who, { tag, by, force })
    }
    case 'due': {
      const process = processOf(world, deed.who)
      return process === undefined ? [] : [{ tag: 'due', process: process.id }]
    }
    case 'signal':
      return [{ tag: 'host-signal', signal: deed.signal }]
    case 'shutdown':
      return [{ tag: 'shutdown', by, force: deed.force }]
  }
}

function about(world: World, who: number, event: ProcessEvent): Event[] {
  const process = processOf(world, who)
  return process === undefined ? [] : [{ tag: 'process', process: process.id, event }]
}

/** Undefined where all have been deleted. */
function processOf(world: World, who: number): Process | undefined {
  const all = [...world.processes.values()]
  return all[who % all.length]
}

/** [TR8]: what a run says that is not the present one makes no difference. */
function tellStaleNews({ engine, clock }: Simulation, { who, news, off }: Extract<Deed, { tag: 'stale' }>): string[] {
  const { world } = engine
  const process = processOf(world, who)
  if (process === undefined) return []
  const event: Event = { tag: 'process', process: process.id, event: staleNews(process, news, off) }
  const chance = { at: clock.now(), dice: 0.5 }
  const told = step(world, { ...chance, event })
  const untold = step(world, { ...chance, event: { tag: 'tick' } })
  engine.dispatch(event)
  return Bun.deepEquals(told, untold) ? [] : [`stale news changed the world: ${JSON.stringify(event)}`]
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
      const slot = off > 0 ? 0 : ('ready' as const)
      const stale = { process: process.id, run: present ?? run, slot, attempt: 1_000_000 }
      return { tag: 'probed', run: stale.run, token: stale, verdicts }
    }
  }
}
