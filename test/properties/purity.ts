import { replan, step } from '../../src/core/step.ts'
import type { Process } from '../../src/core/process.ts'
import { emptyCensus, recount } from '../../src/core/census.ts'
import { stirsOf } from '../../src/core/stir.ts'
import { nothingTallied, plus, weightAbove, weightBelow } from '../../src/core/tally.ts'
import { neighboursOf } from '../../src/core/neighbours.ts'
import { named } from '../../src/core/world.ts'
import { get, type Law } from './scene.ts'

/** What must be true of `step` itself. */
export const pureLaws: readonly Law[] = [isDeterministic, hasNothingToAdd, keepsItsBooks]

/** The same input does the same to the same world. */
function* isDeterministic({ before, input, after, effects }: Parameters<Law>[0]): Iterable<string> {
  const [again, sameEffects] = step(before, input)
  if (!Bun.deepEquals(again, after)) yield 'the same step led to another world'
  if (!Bun.deepEquals(sameEffects, effects)) yield 'the same step had other effects'
}

/** The plain planner, asked about everything, agrees with the one that looked only at what had changed. */
function* hasNothingToAdd({ after }: Parameters<Law>[0]): Iterable<string> {
  // What was restored is looked at when it begins.
  if (after.phase.tag === 'idle') return
  const [again, effects] = replan(after)
  if (effects.length > 0) yield `the planner had more to do: ${effects.map(({ tag }) => tag).join(', ')}`
  for (const [then, now] of again.processes.changedSince(after.processes)) {
    yield `the planner forgot ${now?.spec.name}: ${sketch(then)} should be ${sketch(now)}`
  }
  if (!Bun.deepEquals({ ...again, processes: null }, { ...after, processes: null }))
    yield 'the planner forgot the phase'
}

/** What `put` keeps up to date is what one finds who counts everything. */
function* keepsItsBooks({ after }: Parameters<Law>[0]): Iterable<string> {
  const all = [...after.processes.values()]
  const census = all.reduce((counted, process) => recount(counted, undefined, process), emptyCensus)
  if (!Bun.deepEquals(census, after.census)) yield `the census says ${JSON.stringify(after.census)}`
  const { ids, dependents, members, circles } = neighboursOf(all)
  if (
    !Bun.deepEquals(
      { ids, dependents, members, circles },
      { ids: after.ids, dependents: after.dependents, members: after.members, circles: after.circles },
    )
  )
    yield 'who has to do with whom is out of date'
  if (!Bun.deepEquals(stirsOf(all, after.settings.groups), after.stirs))
    yield 'what goes on in the groups is out of date'
  if (ids.size !== all.length) yield 'two processes have one name'
  for (const { id, spec } of all) {
    const below = spec.edges.map((edge) => weightBelow(named(after, edge.to), edge))
    const above = (after.dependents.get(spec.name) ?? []).map(({ id, edge }) => weightAbove(get(after, id), edge))
    const tally = [...below, ...above].reduce((sum, weight) => plus(sum, weight), nothingTallied)
    if (!Bun.deepEquals(tally, after.tallies.get(id)))
      yield `the tally of ${spec.name} says ${JSON.stringify(after.tallies.get(id))}, not ${JSON.stringify(tally)}`
  }
}

function sketch(process: Process | undefined): string {
  return process === undefined ? 'nothing' : JSON.stringify(process.state)
}

/** Freezes a world through and through, so that whoever writes to it fails. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) {
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse })
    for (const pair of value) pair.forEach(freeze)
  }
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
  return value
}

function refuse(): never {
  throw new Error('somebody wrote to a world that is over')
}
