import type { Instant } from '../lib/time.ts'
import { recount } from './census.ts'
import type { Effect } from './effects.ts'
import type { Caller, Process, State } from './process.ts'
import type { Fact, Reason } from './reason.ts'
import { status } from './status.ts'
import { restirred } from './stir.ts'
import {
  looksDifferent,
  nothingTallied,
  plus,
  weighsDifferently,
  weightAbove,
  weightBelow,
  type Tally,
} from './tally.ts'
import type { World } from './world.ts'

/** A job is over: who called, which process ran, and how it went. */
export interface Outcome {
  readonly caller: Caller
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
  /** The ids of those that may be signalled, or start. They are when nothing else is left to decide: see `actLast`. */
  readonly lastly: { readonly signal: Set<number>; readonly prepare: Set<number>; readonly spawn: Set<number> }
  /** What callers of jobs have yet to be told. */
  readonly outcomes: Outcome[]
  /** A significant process has decided the end of the run. */
  verdict: { readonly reason: Reason; readonly code: number } | null
}

/** A step that begins, at this instant. */
export function turnOf(world: World, { at, dice }: { at: Instant; dice: number }): Turn {
  return {
    world: { ...world, now: at },
    dice,
    effects: [],
    dirty: new Set(),
    lastly: { signal: new Set(), prepare: new Set(), spawn: new Set() },
    outcomes: [],
    verdict: null,
  }
}

/** A reason dated now. */
export function since(turn: Turn, fact: Fact, because?: Reason): Reason {
  const at = turn.world.now
  return because === undefined ? { at, ...fact } : { at, ...fact, because }
}

/** Puts a changed process (of the same spec) into the world and has the planner look at it, and at whoever sees a difference. */
export function put(turn: Turn, process: Process): void {
  const before = turn.world.processes.get(process.id)
  if (before === undefined) throw new Error(`${process.spec.name} is not of this world`)
  const after = status(before) === status(process) ? process : { ...process, since: turn.world.now }
  turn.world = {
    ...turn.world,
    processes: turn.world.processes.set(process.id, after),
    census: recount(turn.world.census, before, after),
  }
  turn.dirty.add(process.id)
  if (turn.world.stirs.size > 0) tellGroups(turn, before, after)
  if (looksDifferent(before, after)) tellDependents(turn, before, after)
  if (weighsDifferently(before, after)) tellDependencies(turn, before, after)
}

/** The same, for a change of state alone. */
export function enter(turn: Turn, process: Process, state: State): void {
  put(turn, { ...process, state })
}

/** Has the planner look at every process: something changed that concerns them all. */
export function touchAll(turn: Turn): void {
  for (const process of turn.world.processes.values()) turn.dirty.add(process.id)
}

/** Who starts must know what goes on in its groups: where that ends or begins, all of their members are looked at. */
function tellGroups(turn: Turn, before: Process, after: Process): void {
  for (const group of new Set(after.spec.groups)) {
    const then = turn.world.stirs.get(group)
    if (then === undefined) continue
    const now = restirred(then, before, after)
    const isSame = now.falling === then.falling && now.resting === then.resting
    if (isSame) continue
    turn.world = { ...turn.world, stirs: new Map(turn.world.stirs).set(group, now) }
    const { strategy } = turn.world.settings.groups.get(group) ?? {}
    // Where only those rest of whom some members are independent, who rests makes a difference, and not only whether.
    const isOther = strategy === 'rest_for_one' && now.resting !== then.resting
    if (isOther || isEmpty(now.falling) !== isEmpty(then.falling) || isEmpty(now.resting) !== isEmpty(then.resting))
      for (const id of turn.world.members.get(group) ?? []) turn.dirty.add(id)
  }
}

function isEmpty(count: number): boolean {
  return count === 0
}

function tellDependents(turn: Turn, before: Process, after: Process): void {
  for (const { id, edge } of turn.world.dependents.get(after.spec.name) ?? []) {
    tell(turn, id, { added: weightBelow(after, edge), removed: weightBelow(before, edge) })
  }
}

function tellDependencies(turn: Turn, before: Process, after: Process): void {
  for (const edge of after.spec.edges) {
    const id = turn.world.ids.get(edge.to)
    if (id !== undefined) tell(turn, id, { added: weightAbove(after, edge), removed: weightAbove(before, edge) })
  }
}

/** What a neighbour counts for a process has changed. */
export function tell(turn: Turn, id: number, { added, removed }: { added: Tally; removed: Tally }): void {
  turn.dirty.add(id)
  if (added === removed) return
  const { tallies } = turn.world
  turn.world = { ...turn.world, tallies: tallies.set(id, plus(tallies.get(id) ?? nothingTallied, added, removed)) }
}
