import type { Event, ProcessEvent } from '../../src/core/events.ts'
import { presentRun, type Process } from '../../src/core/process.ts'
import { step } from '../../src/core/step.ts'
import type { World } from '../../src/core/world.ts'
import type { Simulation } from '../sim/simulation.ts'
import type { Deed, StaleNews } from './scenario.ts'

export const by = { verb: 'test', user: null }

/** Does it. @returns what was wrong about what came of it */
export function act(simulation: Simulation, deed: Deed): string[] {
  const { engine, clock } = simulation
  if (deed.tag === 'freeze') clock.skipTo(clock.now() + deed.span)
  else if (deed.tag === 'stale') return tellStaleNews(simulation, deed)
  else for (const event of eventsOf(engine.world, deed)) engine.dispatch(event)
  return []
}

function eventsOf(world: World, deed: Exclude<Deed, { tag: 'freeze' | 'stale' }>): Event[] {
  switch (deed.tag) {
    case 'start':
    case 'reset':
      return [{ tag: 'process', process: processOf(world, deed.who).id, event: { tag: deed.tag, by } }]
    case 'stop':
    case 'restart': {
      const { tag, force } = deed
      return [{ tag: 'process', process: processOf(world, deed.who).id, event: { tag, by, force } }]
    }
    case 'due': {
      // Only what ends can have a turn.
      const { id, spec } = processOf(world, deed.who)
      return spec.oneshot ? [{ tag: 'due', process: id }] : []
    }
    case 'signal':
      return [{ tag: 'host-signal', signal: deed.signal }]
    case 'shutdown':
      return [{ tag: 'shutdown', by, force: deed.force }]
  }
}

function processOf(world: World, who: number): Process {
  const all = [...world.processes.values()]
  return all[who % all.length]!
}

/** [TR8]: what a run says that is not the present one makes no difference. */
function tellStaleNews({ engine, clock }: Simulation, { who, news, off }: Extract<Deed, { tag: 'stale' }>): string[] {
  const { world } = engine
  const process = processOf(world, who)
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
