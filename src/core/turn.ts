import type { Effect } from './effects.ts'
import type { Job, Process, State } from './process.ts'
import type { Fact, Reason } from './reason.ts'
import { status } from './status.ts'
import type { World } from './world.ts'

/** A job is over: who called, which process ran, and how it went. */
export interface Outcome {
  readonly job: Job
  readonly name: string
  readonly outcome: 'done' | 'failed'
}

/**
 * One step in the making. The only mutable thing in the core; it never leaves `step`.
 * `dirty` holds the ids the planner still has to look at.
 */
export interface Turn {
  world: World
  readonly dice: number
  readonly effects: Effect[]
  readonly dirty: Set<number>
  /** Whether a process came to rest in this step, so that the end of everything is worth a look. */
  rested: boolean
  /** What callers of jobs have yet to be told. */
  readonly outcomes: Outcome[]
  /** A significant process has decided the end of the run. */
  verdict: { readonly reason: Reason; readonly code: number } | null
}

/** A reason dated now. */
export function since(turn: Turn, fact: Fact, because?: Reason): Reason {
  const at = turn.world.now
  return because === undefined ? { at, ...fact } : { at, ...fact, because }
}

/** Puts a changed process into the world and has the planner look at it and at its neighbours. */
export function put(turn: Turn, process: Process): void {
  const before = turn.world.processes.get(process.id)
  const moved = before?.state.tag !== process.state.tag || readiness(before.state) !== readiness(process.state)
  const dated =
    before !== undefined && status(before) === status(process) ? process : { ...process, since: turn.world.now }
  turn.world = { ...turn.world, processes: turn.world.processes.set(process.id, dated) }
  turn.dirty.add(process.id)
  if (moved) touchNeighbours(turn, process)
}

/** The same, for a change of state alone. */
export function enter(turn: Turn, process: Process, state: State): void {
  put(turn, { ...process, state })
}

/** Has the planner look at every process: something changed that concerns them all. */
export function touchAll(turn: Turn): void {
  for (const process of turn.world.processes.values()) turn.dirty.add(process.id)
}

function touchNeighbours(turn: Turn, process: Process): void {
  for (const name of turn.world.dependents.get(process.spec.name) ?? []) touch(turn, name)
  for (const edge of process.spec.edges) touch(turn, edge.to)
}

function touch(turn: Turn, name: string): void {
  const id = turn.world.ids.get(name)
  if (id !== undefined) turn.dirty.add(id)
}

function readiness(state: State): boolean {
  return state.tag === 'running' && state.isReady
}
