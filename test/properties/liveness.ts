import { isLeaving, type Process } from '../../src/core/process.ts'
import { named, type World } from '../../src/core/world.ts'
import type { Millis } from '../../src/lib/time.ts'
import { groupsOf, holds } from './scene.ts'
import { isHeld } from './state-laws.ts'

/** How long a world in which everything behaves may take to come up: every process waits for all the others in turn. */
export function patienceFor(world: World): Millis {
  let total = 5000
  const flap = world.settings.flap?.countdown ?? 0
  for (const { spec, procmonDelay, state } of world.processes.values()) {
    const delay = spec.delay.tag === 'backoff' ? spec.delay.max * 1.1 : procmonDelay * 2
    const own = spec.flapDetection === null || spec.flapDetection === 'off' ? 0 : spec.flapDetection.countdown
    // It may have begun to rest under other thresholds.
    total += Math.max(flap, own, state.tag === 'backoff' ? state.until - world.now : 0)
    total += 2 * (spec.startTimeout + spec.stop.timeout + delay + 3000)
  }
  return total
}

/** The processes that should be up and are not, with a word on each. */
export function unsettled(world: World): string[] {
  const { specials, phase } = world
  if (phase.tag === 'ending' || phase.tag === 'over') return []
  if (phase.tag !== 'up') return [`the phase is ${phase.tag}`]
  const special = specials.current === null ? undefined : named(world, specials.current.call.name)
  if (special !== undefined) return lacksPrerun(world, special) ? [] : [`${special.spec.name} has its turn`]
  const known = new Map<string, string | null>()
  return [...world.processes.values()].flatMap((process) => missing(world, process, known) ?? [])
}

/** Null when it is as up as it will be. */
function missing(world: World, process: Process, known: Map<string, string | null>): string | null {
  const { spec } = process
  const before = known.get(spec.name)
  if (before !== undefined) return before
  // Who waits for itself in the end is as up as it will be.
  known.set(spec.name, null)
  const verdict = judge(world, process, known)
  known.set(spec.name, verdict)
  return verdict
}

function judge(world: World, process: Process, known: Map<string, string | null>): string | null {
  const { spec, state, want, jobs } = process
  if (isLeaving(process)) return `${spec.name} is still there`
  if (lacksPrerun(world, process)) return null
  switch (state.tag) {
    case 'running':
      return state.isReady ? null : `${spec.name} runs and is not ready`
    case 'completed':
      return null
    case 'stopped':
      return want.up && state.reason.tag !== 'dependency-went-down' ? `${spec.name} is wanted and stopped` : null
    case 'failed':
      return state.retryAt === Infinity ? null : `${spec.name} is still to be tried again`
    case 'waiting':
      return waits(world, process, known)
    case 'preparing':
    case 'spawning':
    case 'starting':
    case 'stopping':
    case 'delayed':
    case 'backoff':
    case 'stuck':
      return `${spec.name} is still ${state.tag}${jobs.length > 0 ? ', and has work to do' : ''}`
  }
}

/** It is tried again and again, until somebody declares what it lacks. */
function lacksPrerun(world: World, { spec }: Process): boolean {
  if (spec.prerunFailure === 'ignore') return false
  return spec.prerun.some((name) => {
    const prerun = named(world, name)
    return prerun?.spec.oneshot !== true || lacksPrerun(world, prerun)
  })
}

/** One with which it would fall lacks something, and is tried again and again. */
function waitsForGroup(world: World, process: Process): boolean {
  const others = groupsOf(world, process).flat()
  return others.some(({ process: other, rests, falls }) => (rests || falls) && lacksPrerun(world, other))
}

/** It may wait for ever for what is as up as it will be, and yet not what it waits for. */
function waits(world: World, process: Process, known: Map<string, string | null>): string | null {
  const { spec, jobs } = process
  if (isHeld(world, process)) return `${spec.name} is held down`
  if (jobs.length > 0) return `${spec.name} has work to do and waits`
  const unmet = spec.edges.filter((edge) => !holds(world, edge))
  if (unmet.length === 0) return waitsForGroup(world, process) ? null : `${spec.name} waits for nothing`
  const settled = unmet.some(({ to }) => {
    const other = named(world, to)
    return other === undefined || missing(world, other, known) === null
  })
  return settled ? null : `${spec.name} waits`
}
