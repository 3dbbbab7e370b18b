import { recount } from './census.ts'
import { circularNames } from './circles.ts'
import type { Dependent } from './neighbours.ts'
import type { Process } from './process.ts'
import { callOff } from './specials.ts'
import { weightBelow } from './tally.ts'
import { tell, touchAll, type Turn } from './turn.ts'
import type { World } from './world.ts'

/** Nothing of it is left, and it was to go for good: it leaves the world. Its name and its id are free again. [DE5] */
export function leave(turn: Turn, process: Process): void {
  const { id, spec } = process
  const { processes, tallies, ids, dependents, members, circles, census, departed } = turn.world
  turn.world = {
    ...turn.world,
    processes: processes.set(id, undefined),
    tallies: tallies.set(id, undefined),
    ids: without(ids, spec.name),
    dependents: withoutEdgesOf(process, dependents),
    members: withoutMember(process, members),
    census: recount(census, process, undefined),
    departed: [...departed, process],
  }
  if (circles.has(spec.name)) {
    const specs = [...turn.world.processes.values()].map((other) => other.spec)
    turn.world = { ...turn.world, circles: circularNames(specs) }
    touchAll(turn)
  }
  for (const dependent of turn.world.dependents.get(spec.name) ?? []) {
    const { edge } = dependent
    tell(turn, dependent.id, { added: weightBelow(undefined, edge), removed: weightBelow(process, edge) })
  }
  callOff(turn, spec.name)
}

function without(ids: ReadonlyMap<string, number>, name: string): ReadonlyMap<string, number> {
  const left = new Map(ids)
  left.delete(name)
  return left
}

function withoutMember({ id, spec }: Process, members: World['members']): World['members'] {
  if (spec.groups.length === 0) return members
  const left = new Map(members)
  for (const group of spec.groups) {
    const others = (left.get(group) ?? []).filter((member) => member !== id)
    if (others.length === 0) left.delete(group)
    else left.set(group, others)
  }
  return left
}

function withoutEdgesOf(
  { id, spec }: Process,
  dependents: ReadonlyMap<string, readonly Dependent[]>,
): ReadonlyMap<string, readonly Dependent[]> {
  if (spec.edges.length === 0) return dependents
  const left = new Map(dependents)
  for (const { to } of spec.edges) {
    const others = (left.get(to) ?? []).filter((dependent) => dependent.id !== id)
    if (others.length === 0) left.delete(to)
    else left.set(to, others)
  }
  return left
}
