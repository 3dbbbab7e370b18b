import { recount } from './census.ts'
import { circularNames } from './circles.ts'
import type { Dependent } from './neighbours.ts'
import type { Process } from './process.ts'
import { callOff } from './specials.ts'
import { weightBelow } from './tally.ts'
import { tell, touchAll, type Turn } from './turn.ts'

/** Nothing of it is left, and it was to go for good: it leaves the world. Its name and its id are free again. [DE5] */
export function leave(turn: Turn, process: Process): void {
  const { id, spec } = process
  const { processes, tallies, ids, dependents, circles, census, departed } = turn.world
  turn.world = {
    ...turn.world,
    processes: processes.set(id, undefined),
    tallies: tallies.set(id, undefined),
    ids: without(ids, spec.name),
    dependents: withoutEdgesOf(process, dependents),
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
