import { binds, describeState, isHopeless, isMet } from './edges.ts'
import { groupInTheWay } from './group-obstacle.ts'
import { groundIn, isAlive, isWanted, type Ground, type Process } from './process.ts'
import type { Fact, Reason } from './reason.ts'
import type { Edge } from './spec.ts'
import { nothingTallied, type Tally } from './tally.ts'
import { named, type World } from './world.ts'

/** What stands in the way of a start. `hopeless`: it will not go away by itself. */
export interface Obstacle {
  readonly reason: Reason
  readonly hopeless: boolean
  /** Which of its edges it is, so that the next look begins there. */
  readonly edge?: number
}

/**
 * Whether what an edge of this process asks for is true now, may come true, or cannot any more. In a circle nobody is
 * blocked by somebody who is blocked, and no reason has another one at its end: both would go round and round. [TR2] [TR6]
 */
function conditionOf(
  world: World,
  { spec }: Process,
  edge: Edge,
): 'met' | { readonly found: string; readonly hopeless: boolean; readonly because?: Reason } {
  const other = named(world, edge.to)
  if (other === undefined) return { found: 'there is no such process', hopeless: true }
  if (isMet(other, edge)) return 'met'
  const found = describeState(other)
  const hopeless = isHopeless(other, edge)
  if (isCircular(world, spec.name, edge.to)) return { found, hopeless: hopeless && other.state.tag !== 'waiting' }
  return { found, hopeless, because: other.state.reason }
}

/** The run of `name` that others may stand on, or null when it is down or going down. [TR3] */
export function standingRun(world: World, name: string): number | null {
  const process = named(world, name)
  if (process === undefined) return null
  const { state, spec } = process
  if (state.tag === 'starting' || state.tag === 'running') return state.run.n
  return spec.oneshot && state.tag === 'completed' ? process.runs : null
}

/** The runs a new run of this process will stand on. */
export function groundOf(world: World, process: Process): Ground {
  const ground = new Map<string, number>()
  if (process.jobs.length > 0) return ground
  for (const edge of process.spec.edges) {
    const run = binds(edge) ? standingRun(world, edge.to) : null
    if (run !== null) ground.set(edge.to, run)
  }
  return ground
}

/** What stands in the way of this process, or null when it may start. [TR2] [TR3] [TR7] */
export function obstacleTo(world: World, process: Process): Obstacle | null {
  const at = world.now
  if (world.phase.tag !== 'up') return { reason: process.want.reason, hopeless: false }
  const hold = holdOn(world, process)
  if (hold !== null) return { reason: hold, hopeless: false }
  const unmet = process.jobs.length === 0 ? unmetEdge(world, process) : null
  if (unmet !== null) return unmet
  const group = process.jobs.length === 0 ? groupInTheWay(world, process) : null
  if (group !== null) return { reason: group, hopeless: false }
  const { standing } = tallyOf(world, process)
  return standing === 0 ? null : { reason: { at, ...dependentsInTheWay(world, process) }, hopeless: false }
}

/**
 * A hopeless edge is told before one that only needs patience: it is the one a person must act on. The edge that stood
 * in the way last time is asked first, and the others from there on: who waits for 10,000 looks at each of them once.
 */
function unmetEdge(world: World, process: Process): Obstacle | null {
  const { edges, name } = process.spec
  const tally = tallyOf(world, process)
  if (tally.unmet === 0) return null
  const isBlocked = world.circles.has(name) ? edges.some((edge) => isLost(world, process, edge)) : tally.hopeless > 0
  const first = process.state.tag === 'waiting' ? (process.state.edge ?? 0) : 0
  const isPreparing = process.state.tag === 'preparing'
  for (let i = 0; i < edges.length; i++) {
    const at = (first + i) % edges.length
    const edge = edges[at]
    if (edge === undefined || (isPreparing && runsAgain(world, edge))) continue
    const condition = conditionOf(world, process, edge)
    if (condition === 'met' || (isBlocked && !condition.hopeless)) continue
    const { found, because } = condition
    const tag = condition.hopeless ? 'never-satisfied' : 'waits-for'
    const fact = { at: world.now, tag, dependency: edge.to, condition: edge.condition, found } as const
    return { reason: because === undefined ? fact : { ...fact, because }, hopeless: condition.hopeless, edge: at }
  }
  return null
}

function isLost(world: World, process: Process, edge: Edge): boolean {
  const condition = conditionOf(world, process, edge)
  return condition !== 'met' && condition.hopeless
}

/**
 * A oneshot that somebody has called again. Who is preparing its start has found it completed and goes on: two that call
 * for what the other one depends on would otherwise send each other back to waiting, for ever.
 */
function runsAgain(world: World, { to }: Edge): boolean {
  const other = named(world, to)
  return other !== undefined && other.spec.oneshot && other.jobs.length > 0
}

/** Why a special with `shutdown` keeps this process down; null when it does not. [SP3] */
export function holdOn(world: World, process: Process): Reason | null {
  const { current } = world.specials
  if (current === null || !current.holds) return null
  return process.jobs.length > 0 || process.spec.name === current.call.name ? null : current.reason
}

/** Former dependents that still live on an earlier run of this process. They are named as long as they are few. [TR4] */
function dependentsInTheWay(world: World, process: Process): Fact {
  const { name } = process.spec
  const all = world.dependents.get(name) ?? []
  const standing = all.length > fewDependents ? [] : all.filter(({ id }) => standsOn(world.processes.get(id), name))
  const names = standing.map(({ id }) => world.processes.get(id)?.spec.name ?? '')
  return { tag: 'waits-for-dependents', names, count: tallyOf(world, process).standing }
}

const fewDependents = 20

function standsOn(process: Process | undefined, name: string): boolean {
  return process !== undefined && groundIn(process.state).has(name)
}

/**
 * Whether dependents must be gone before this process gets its stop signal: the bound ones, and those that go down too.
 * Those of a circle do not wait for each other. [ST2]
 */
export function mustDrain(world: World, process: Process): boolean {
  const { name } = process.spec
  const { alive, leaving } = tallyOf(world, process)
  const all = world.circles.has(name) ? false : leaving > 0 || world.phase.tag === 'ending'
  if (alive === 0 || all) return alive > 0
  // The others live, and stay where they are unless the planner has not come to them yet.
  return (world.dependents.get(name) ?? []).some(({ id }) => {
    const dependent = world.processes.get(id)
    if (dependent === undefined || !isAlive(dependent.state) || isCircular(world, name, dependent.spec.name))
      return false
    const { tag } = dependent.state
    return tag === 'stopping' || tag === 'stuck' || causeToGoDown(world, dependent) !== null
  })
}

/** Whether these two may be of one circle of dependencies. */
export function isCircular({ circles }: World, one: string, other: string): boolean {
  return circles.has(one) && circles.has(other)
}

function tallyOf(world: World, process: Process): Tally {
  return world.tallies.get(process.id) ?? nothingTallied
}

/** Why a live process must go down now, or null when it may live. [TR3] [ST1] [RN4] [SP3] */
export function causeToGoDown(world: World, process: Process): Reason | null {
  if (world.phase.tag === 'ending') return world.phase.reason
  const hold = holdOn(world, process)
  if (hold !== null) return hold
  if (!isWanted(process)) return process.want.reason
  return lostGround(world, process)
}

function lostGround(world: World, process: Process): Reason | null {
  for (const [name, run] of groundIn(process.state)) {
    if (standingRun(world, name) === run) continue
    const fact = { at: world.now, tag: 'dependency-went-down', dependency: name } as const
    const because = named(world, name)?.state.reason
    return because === undefined ? fact : { ...fact, because }
  }
  return null
}
