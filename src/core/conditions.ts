import { isAlive, liveRun, type Process } from './process.ts'
import { describeExit } from './exit.ts'
import type { Reason } from './reason.ts'
import type { Edge } from './spec.ts'
import { named, type World } from './world.ts'

/** What stands in the way of a start. `hopeless`: it will not go away by itself. */
export interface Obstacle {
  readonly reason: Reason
  readonly hopeless: boolean
}

/** Whether what this edge asks for is true now, may come true, or cannot any more. [TR2] [TR6] */
export function conditionOf(
  world: World,
  edge: Edge,
): 'met' | { readonly found: string; readonly hopeless: boolean; readonly because?: Reason } {
  const other = named(world, edge.to)
  if (other === undefined) return { found: 'there is no such process', hopeless: true }
  if (isMet(other, edge)) return 'met'
  const because = other.state.reason
  return { found: describeState(other), hopeless: isHopeless(other, edge), because }
}

function isMet({ spec, state, exit }: Process, { condition }: Edge): boolean {
  switch (condition) {
    case 'started':
      return state.tag === 'starting' || state.tag === 'running' || (spec.oneshot && state.tag === 'completed')
    case 'ready':
      return spec.oneshot ? state.tag === 'completed' : state.tag === 'running' && state.isReady
    case 'completed':
      return state.tag === 'completed' || (state.tag === 'failed' && exit !== null && state.retryAt === Infinity)
    case 'completed_successfully':
      return state.tag === 'completed'
  }
}

/** Nothing but an operator can make the condition true. */
function isHopeless({ state, jobs }: Process, { condition }: Edge): boolean {
  switch (state.tag) {
    case 'stopped':
      return jobs.length === 0
    case 'failed':
      return state.retryAt === Infinity
    case 'completed':
      return condition === 'ready' || condition === 'started'
    case 'waiting':
      return state.hopeless
    case 'preparing':
    case 'spawning':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'delayed':
    case 'stuck':
      return false
  }
}

/** Where a process is, in the words of a sentence about somebody who waits for it. */
export function describeState({ state, spec, exit }: Process): string {
  switch (state.tag) {
    case 'stopped':
      return 'stopped'
    case 'waiting':
      return state.hopeless ? 'blocked' : 'waiting itself'
    case 'preparing':
    case 'spawning':
      return 'about to start'
    case 'starting':
      return state.ready?.last ? `not ready: ${state.ready.last}` : 'not ready yet'
    case 'running':
      return spec.oneshot
        ? 'still running'
        : state.isReady
          ? 'ready'
          : `not ready${state.ready?.last ? `: ${state.ready.last}` : ''}`
    case 'stopping':
      return 'going down'
    case 'delayed':
      return 'waiting to be restarted'
    case 'failed':
      return 'failed'
    case 'completed':
      return exit === null ? 'completed' : `over: it ${describeExit(exit)}`
    case 'stuck':
      return 'stuck: it survived SIGKILL'
  }
}

/** The run of `name` that others may stand on, or null when it is down or going down. [TR3] */
export function standingRun(world: World, name: string): number | null {
  const process = named(world, name)
  if (process === undefined) return null
  const { state, spec } = process
  if (state.tag === 'starting' || state.tag === 'running') return state.run.n
  return spec.oneshot && state.tag === 'completed' ? process.runs : null
}

/** Whether this edge takes its process down with the other one. */
export function binds(edge: Edge): boolean {
  return edge.onExit !== 'ignore' && (edge.condition === 'ready' || edge.condition === 'started')
}

/** The runs a new run of this process will stand on. */
export function groundOf(world: World, process: Process): ReadonlyMap<string, number> {
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
  if (process.jobs.length === 0) {
    const unmet = unmetEdge(world, process)
    if (unmet !== null) return unmet
  }
  const names = dependentsInTheWay(world, process)
  if (names.length > 0) return { reason: { at, tag: 'waits-for-dependents', names }, hopeless: false }
  return null
}

/** A hopeless edge is told before one that only needs patience: it is the one a person must act on. */
function unmetEdge(world: World, process: Process): Obstacle | null {
  let patient: Obstacle | null = null
  for (const edge of process.spec.edges) {
    const condition = conditionOf(world, edge)
    if (condition === 'met') continue
    const { found, hopeless, because } = condition
    const tag = hopeless ? 'never-satisfied' : 'waits-for'
    const fact = { at: world.now, tag, dependency: edge.to, condition: edge.condition, found } as const
    const obstacle = { reason: because === undefined ? fact : { ...fact, because }, hopeless }
    if (hopeless) return obstacle
    patient ??= obstacle
  }
  return patient
}

/** Why a special with `shutdown` keeps this process down; null when it does not. [SP3] */
export function holdOn(world: World, process: Process): Reason | null {
  const { current } = world.specials
  if (current === null || !current.holds) return null
  return process.jobs.length > 0 || process.spec.name === current.call.name ? null : current.reason
}

/** Former dependents that still live on an earlier run of this process. [TR4] */
function dependentsInTheWay(world: World, process: Process): string[] {
  return dependentsOf(world, process)
    .filter((dependent) => liveRun(dependent.state)?.standsOn.has(process.spec.name))
    .map(nameOf)
}

/** The dependents that must be gone before this process gets its stop signal: the bound ones, and those that go down too. [ST2] */
export function dependentsToDrain(world: World, process: Process): string[] {
  return dependentsOf(world, process)
    .filter((dependent) => isAlive(dependent.state))
    .filter((dependent) => isGoingDown(world, dependent) || liveRun(dependent.state)?.standsOn.has(process.spec.name))
    .map(nameOf)
}

function isGoingDown(world: World, process: Process): boolean {
  return process.state.tag === 'stopping' || process.state.tag === 'stuck' || causeToGoDown(world, process) !== null
}

function dependentsOf(world: World, process: Process): Process[] {
  const names = world.dependents.get(process.spec.name) ?? []
  return names.map((name) => named(world, name)).filter((dependent) => dependent !== undefined)
}

function nameOf(process: Process): string {
  return process.spec.name
}

/** Why a live process must go down now, or null when it may live. [TR3] [ST1] [RN4] [SP3] */
export function causeToGoDown(world: World, process: Process): Reason | null {
  if (world.phase.tag === 'ending') return world.phase.reason
  const hold = holdOn(world, process)
  if (hold !== null) return hold
  if (process.again !== null) return process.again
  if (!process.want.up && process.jobs.length === 0) return process.want.reason
  return lostGround(world, process)
}

function lostGround(world: World, process: Process): Reason | null {
  for (const [name, run] of liveRun(process.state)?.standsOn ?? []) {
    if (standingRun(world, name) === run) continue
    const fact = { at: world.now, tag: 'dependency-went-down', dependency: name } as const
    const because = named(world, name)?.state.reason
    return because === undefined ? fact : { ...fact, because }
  }
  return null
}
