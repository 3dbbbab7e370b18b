import { liveRun, type Process } from '../core/process.ts'
import type { World } from '../core/world.ts'
import type { View } from '../core/why/clause.ts'
import { tellStop } from '../core/why/going-down.ts'
import { tellWhy } from '../core/why/story.ts'
import type { Instant } from '../lib/time.ts'
import type { StoppingView } from '../wire/process.ts'
import type { Now } from './view.ts'

/** Why a process is as it is, in sentences. Times in them are ISO 8601. */
export function storyOf(process: Process, world: World, now: Now): readonly string[] {
  return tellWhy(process, viewAt(world, now))
}

/** Who blocks what is being stopped. */
export function stoppingOf(world: World, now: Now): StoppingView {
  const { phase } = world
  const { sentences, processes } = tellStop(viewAt(world, now))
  return {
    ending: phase.tag === 'ending' || phase.tag === 'over',
    forced_at: phase.tag === 'ending' ? iso(phase.forceAt, now) : null,
    sentences,
    processes: processes.map(({ process, phase: far, waitsFor, killAt, text }) => ({
      id: process.id,
      name: process.spec.name,
      pid: liveRun(process.state)?.pid ?? null,
      phase: far,
      waits_for: waitsFor,
      kill_at: killAt === null ? null : iso(killAt, now),
      text,
    })),
  }
}

function viewAt(world: World, now: Now): View {
  return { world, now: now.instant, timeOf: (at) => iso(at, now) }
}

function iso(at: Instant, now: Now): string {
  return new Date(now.wall + (at - now.instant)).toISOString()
}
