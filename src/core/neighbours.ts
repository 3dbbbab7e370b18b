import { Table } from '../lib/table.ts'
import { never, type Instant } from '../lib/time.ts'
import { circularNames } from './circles.ts'
import type { Process } from './process.ts'
import type { Edge } from './spec.ts'
import { nothingTallied, plus, weightAbove, weightBelow, type Tally } from './tally.ts'

/** One edge, seen from the process it leads to. */
export interface Dependent {
  readonly id: number
  readonly edge: Edge
}

/** Who has to do with whom. It follows from the processes alone. */
export interface Neighbours {
  readonly ids: ReadonlyMap<string, number>
  /** Who has an edge to this name, which nobody need have. */
  readonly dependents: ReadonlyMap<string, readonly Dependent[]>
  /** What the planner needs to know of the neighbours of each process. */
  readonly tallies: Table<Tally>
  /** The ids of the members of each group, in the order in which they were declared. */
  readonly members: ReadonlyMap<string, readonly number[]>
  /** The names of those who depend on themselves, through others. */
  readonly circles: ReadonlySet<string>
}

/** Finds it out from nothing: for a new world, and where the edges of many have changed. */
export function neighboursOf(processes: readonly Process[]): Neighbours {
  const byName = new Map(processes.map((process) => [process.spec.name, process]))
  const dependents = new Map<string, Dependent[]>()
  const counts = new Map(processes.map(({ id }) => [id, nothingTallied]))
  const count = (id: number, weight: Tally): void => void counts.set(id, plus(counts.get(id) ?? nothingTallied, weight))
  for (const process of processes) {
    for (const edge of process.spec.edges) {
      const other = byName.get(edge.to)
      const others = dependents.get(edge.to) ?? []
      others.push({ id: process.id, edge })
      dependents.set(edge.to, others)
      count(process.id, weightBelow(other, edge))
      if (other !== undefined) count(other.id, weightAbove(process, edge))
    }
  }
  let tallies = Table.empty<Tally>(deadlineOfTally)
  for (const [id, tally] of counts) tallies = tallies.set(id, tally)
  const ids = new Map(processes.map(({ id, spec }) => [spec.name, id]))
  const circles = circularNames(processes.map(({ spec }) => spec))
  return { ids, dependents, tallies, members: membersOf(processes), circles }
}

function membersOf(processes: readonly Process[]): ReadonlyMap<string, readonly number[]> {
  const members = new Map<string, number[]>()
  for (const { id, spec } of processes) {
    for (const group of new Set(spec.groups)) {
      const ids = members.get(group) ?? []
      ids.push(id)
      members.set(group, ids)
    }
  }
  return members
}

/** It has none. */
function deadlineOfTally(): Instant {
  return never
}
