import type { Effect } from '../../src/core/effects.ts'
import type { Input } from '../../src/core/events.ts'
import { liveRun, type Process } from '../../src/core/process.ts'
import { named, type World } from '../../src/core/world.ts'
import type { Edge } from '../../src/core/spec.ts'
import type { SimHost } from '../sim/host.ts'

/** One step, as the laws see it: what was, what happened, what became of it, and the host on which it happens. */
export interface Scene {
  readonly before: World
  readonly input: Input
  readonly after: World
  readonly effects: readonly Effect[]
  readonly host: SimHost
}

/** A law says what is wrong with a step: nothing, if all is well. */
export type Law = (scene: Scene) => Iterable<string>

export type Effected<Tag extends Effect['tag']> = Extract<Effect, { tag: Tag }>

export function get(world: World, id: number): Process {
  const process = world.processes.get(id)
  if (process === undefined) throw new Error(`no process ${id}`)
  return process
}

export function binds({ condition, onExit }: Edge): boolean {
  return onExit !== 'ignore' && (condition === 'ready' || condition === 'started')
}

/** Whether the condition of this edge holds in this world. Written anew, so that it does not err with the core. */
export function holds(world: World, { to, condition }: Edge): boolean {
  const other = named(world, to)
  if (other === undefined) return false
  const { state, spec } = other
  const isUp = state.tag === 'starting' || state.tag === 'running'
  switch (condition) {
    case 'started':
      return isUp || (spec.oneshot && state.tag === 'completed')
    case 'ready':
      return spec.oneshot ? state.tag === 'completed' : state.tag === 'running' && state.isReady
    case 'completed':
      return state.tag === 'completed' || (state.tag === 'failed' && state.retryAt === Infinity && other.exit !== null)
    case 'completed_successfully':
      return state.tag === 'completed'
  }
}

/** Whether nothing but an operator can make the condition of this edge true. */
export function isLost(world: World, { to, condition }: Edge): boolean {
  const other = named(world, to)
  if (other === undefined) return true
  const { state, jobs } = other
  if (state.tag === 'stopped') return jobs.length === 0
  if (state.tag === 'failed') return state.retryAt === Infinity
  if (state.tag === 'completed') return condition === 'ready' || condition === 'started'
  return state.tag === 'waiting' && state.hopeless
}

/** Whether the run of `name` with this number can still be stood on. */
export function stands(world: World, name: string, run: number): boolean {
  const other = named(world, name)
  if (other === undefined) return false
  if (other.state.tag === 'starting' || other.state.tag === 'running') return other.state.run.n === run
  return other.spec.oneshot && other.state.tag === 'completed' && other.runs === run
}

/** The names that the present run of a process stands on, with their runs. */
export function groundOf({ state }: Process): ReadonlyMap<string, number> {
  return state.tag === 'spawning' ? state.standsOn : (liveRun(state)?.standsOn ?? new Map())
}

/** Whether these two depend on each other, by whatever ways. */
export function isOneCircle(world: World, one: string, other: string): boolean {
  return leadsTo(world, one, other) && leadsTo(world, other, one)
}

function leadsTo(world: World, from: string, to: string): boolean {
  const found = new Set<string>()
  for (const names = [from]; names.length > 0;) {
    for (const edge of named(world, names.pop()!)?.spec.edges ?? []) {
      if (!found.has(edge.to)) names.push(edge.to)
      found.add(edge.to)
    }
  }
  return found.has(to)
}

export function dependentsOf(world: World, name: string): Process[] {
  return [...world.processes.values()].filter(({ spec }) => spec.edges.some((edge) => edge.to === name))
}

/** Another member of a group, as those see it that fall with it. */
export interface Companion {
  readonly process: Process
  /** It goes down, and is wanted. */
  readonly falls: boolean
  /** It fell, and waits for its time, and whoever asks falls with it. */
  readonly rests: boolean
}

/** For each group of a process whose members fall together, the others of it that run like it: not called for, and wanted. */
export function groupsOf(world: World, { id, spec }: Process): Companion[][] {
  return spec.groups.flatMap((group) => {
    const strategy = world.settings.groups.get(group)?.strategy ?? 'one_for_one'
    if (strategy === 'one_for_one') return []
    const others = [...world.processes.values()].filter((one) => one.id !== id && one.spec.groups.includes(group))
    return [
      others
        .filter(({ want, jobs }) => want.up && jobs.length === 0)
        .map((process) => {
          const { state } = process
          const falls = ['stopping', 'stuck'].includes(state.tag) || (state.tag === 'spawning' && state.doom !== null)
          const isLater = strategy === 'rest_for_one' && process.id > id
          const waits = state.tag === 'failed' ? state.retryAt < Infinity : ['delayed', 'backoff'].includes(state.tag)
          return { process, falls, rests: waits && !isLater }
        }),
    ]
  })
}
