import type { Process } from './process.ts'
import type { Budget } from './spec.ts'
import { named, type World } from './world.ts'

/** What a budget of restarts is for: a group, or a process with what hangs from it. */
export interface Holder {
  readonly of: 'group' | 'tree'
  readonly name: string
  readonly budget: Budget
}

/** What may not be restarted once more. */
export interface Spent extends Holder {
  /** How often it was restarted, the last one included, which is too many. */
  readonly restarts: number
}

/** Remembers that it fell and is to be restarted, for as long as a budget counts that. */
export function recordFall(world: World, process: Process): Process {
  const periods = holdersOf(world, process).map(({ budget }) => budget.period)
  if (periods.length === 0) return process.falls.length === 0 ? process : { ...process, falls: [] }
  const since = world.now - Math.max(...periods)
  return { ...process, falls: [...process.falls.filter((at) => at > since), world.now] }
}

/** The first budget of a process that has just fallen which does not allow another restart; null: all do. [GP5] [GP7] */
export function spentBudget(world: World, process: Process): Spent | null {
  for (const holder of holdersOf(world, process)) {
    const { intensity, period } = holder.budget
    let restarts = 0
    for (const { falls } of membersOf(world, holder)) restarts += falls.filter((at) => at > world.now - period).length
    if (restarts > intensity) return { ...holder, restarts }
  }
  return null
}

/** Those that a budget is for. Of a tree, those of a subtree with a budget of its own are not. */
export function membersOf(world: World, { of, name }: Pick<Holder, 'of' | 'name'>): readonly Process[] {
  if (of === 'tree') return treeOf(world, name)
  const members = (world.members.get(name) ?? []).map((id) => world.processes.get(id))
  return members.filter((process) => process !== undefined)
}

/** Whose failure the failure of all this counts as: the one process outside of it from which all of it hangs. [GP6] [GP7] */
export function whatItHangsFrom(world: World, holder: Pick<Holder, 'of' | 'name'>): Process | null {
  if (holder.of === 'tree') return parentOf(world, named(world, holder.name)) ?? null
  const members = membersOf(world, holder)
  const own = new Set(members.map(({ spec }) => spec.name))
  const above = new Set(members.map((member) => ancestors(world, member).find(({ spec }) => !own.has(spec.name))))
  const [only] = above
  return above.size === 1 ? (only ?? null) : null
}

/** The root of the tree that a process is in: itself, if nothing is above it. */
export function rootOf(world: World, process: Process): Process {
  return ancestors(world, process).at(-1) ?? process
}

function holdersOf(world: World, process: Process): readonly Holder[] {
  const groups = [...new Set(process.spec.groups)].flatMap((name): Holder[] => {
    const budget = world.settings.groups.get(name)?.budget ?? null
    return budget === null ? [] : [{ of: 'group', name, budget }]
  })
  for (const { spec } of [process, ...ancestors(world, process)]) {
    const budget = spec.restartBudget
    if (budget !== null) return [...groups, { of: 'tree', name: spec.name, budget }]
  }
  return groups
}

function treeOf(world: World, root: string): readonly Process[] {
  const found = new Map<string, Process>()
  const names = [root]
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const process = named(world, name)
    if (process === undefined || found.has(name)) continue
    if (name !== root && process.spec.restartBudget !== null) continue
    found.set(name, process)
    for (const { id } of world.dependents.get(name) ?? []) {
      const { spec } = world.processes.get(id) ?? process
      if (spec.parent === name) names.push(spec.name)
    }
  }
  return [...found.values()]
}

/** The parent, its parent, and so on; a circle is gone through once. */
function ancestors(world: World, process: Process): readonly Process[] {
  const found = new Set<Process>()
  for (let above = parentOf(world, process); above !== undefined; above = parentOf(world, above)) {
    if (above === process || found.has(above)) break
    found.add(above)
  }
  return [...found]
}

function parentOf(world: World, process: Process | undefined): Process | undefined {
  const parent = process?.spec.parent ?? null
  return parent === null ? undefined : named(world, parent)
}
