import { isAlive, isLeaving, type Process } from '../../src/core/process.ts'
import { named, nextDeadline, type World } from '../../src/core/world.ts'
import type { Reason } from '../../src/core/reason.ts'
import { dependentsOf, groundOf, groupsOf, holds, isLost, stands, type Law } from './scene.ts'

/** What a world may look like when a step is over. */
export const stateLaws: readonly Law[] = [
  ({ after }) => ofTheWorld(after),
  ({ after }) => [...after.processes.values()].flatMap((process) => [...ofOne(after, process)]),
  runsOnlyGrow,
]

function* ofTheWorld(world: World): Iterable<string> {
  const deadline = nextDeadline(world)
  if (!(deadline >= world.now)) yield `the next deadline is ${deadline}, and it is ${world.now}`
  if (world.phase.tag === 'over' && deadline !== Infinity) yield `a deadline, and everything is over`
  const { current } = world.specials
  const { queue } = world.specials
  if ((world.phase.tag === 'ending' || world.phase.tag === 'over') && (current !== null || queue.length > 0))
    yield `it ends, and ${current?.call.name ?? queue[0]?.name} still waits for its turn`
  const atWork = specialsAtWork(world)
  // [SP4]: none overlaps, and who has its turn has something to do.
  if (atWork.length > 1) yield `${atWork.join(' and ')} have their turn together`
  if (current?.stage === 'running' && atWork[0] !== current.call.name)
    yield `${current.call.name} has its turn, and ${atWork[0] ?? 'nobody'} works`
}

function specialsAtWork(world: World): string[] {
  return [...world.processes.values()].flatMap(({ spec, jobs, givenUp }) => {
    return [...jobs, ...givenUp].filter(({ caller }) => caller.tag === 'special').map(() => spec.name)
  })
}

function* ofOne(world: World, process: Process): Iterable<string> {
  const { state, spec } = process
  if (process.givenUp.length > 0 && !isAlive(state)) yield `${spec.name} is ${state.tag}, and its callers were not told`
  const wanted = process.want.up || process.jobs.length > 0
  // What was taken back goes on while the one who took it is not yet up.
  const isBeginning = world.phase.tag === 'idle' || world.phase.tag === 'prologue'
  if (isBeginning) return
  if (isLeaving(process) && !isAlive(state)) yield `${spec.name} is to go for good, and stays`
  if (depthOf(state.reason) > 12 + 6 * world.processes.size) yield `${spec.name}: its reasons go back without end`
  switch (state.tag) {
    case 'stopped':
    case 'completed':
      if (process.jobs.length > 0) yield `${spec.name} is ${state.tag} and has work to do`
      return
    case 'failed':
      if (process.jobs.length > 0 && state.retryAt === Infinity) yield `${spec.name} has failed and has work to do`
      if (!wanted && state.retryAt !== Infinity) yield `${spec.name} is to be tried again, and nobody wants it`
      return
    case 'waiting':
      if (!wanted) yield `${spec.name} waits, and nobody wants it`
      if (world.phase.tag === 'ending') yield `${spec.name} waits while everything ends`
      yield* waitsForAReason(world, process, state.hopeless)
      return
    case 'preparing':
    case 'delayed':
    case 'backoff':
      if (!wanted) yield `${spec.name} is ${state.tag}, and nobody wants it`
      if (world.phase.tag !== 'up') yield `${spec.name} is ${state.tag} in the phase ${world.phase.tag}`
      return
    case 'starting':
    case 'running':
      if (!wanted) yield `${spec.name} is ${state.tag}, and nobody wants it`
      if (world.phase.tag !== 'up') yield `${spec.name} is ${state.tag} in the phase ${world.phase.tag}`
      if (isHeld(world, process)) yield `${spec.name} is ${state.tag} while a special holds everything down`
      for (const [name, run] of groundOf(process)) {
        if (!stands(world, name, run)) yield `${spec.name} stands on run ${run} of ${name}, which is gone`
      }
      return
    case 'spawning':
    case 'stopping':
    case 'stuck':
      return
  }
}

/** [TR7]: blocked only by what a person must mend; waiting only for what may come. */
function* waitsForAReason(world: World, process: Process, hopeless: boolean): Iterable<string> {
  const { spec } = process
  const free = process.jobs.length > 0
  const lost =
    !free &&
    spec.edges.some((edge) => !holds(world, edge) && isLost(world, edge) && !waitsInCircle(world, spec.name, edge.to))
  const halted = world.phase.tag !== 'up' || isHeld(world, process)
  if (hopeless && !lost) yield `${spec.name} is blocked without a true reason`
  if (!hopeless && lost && !halted) yield `${spec.name} is not blocked, and it should be`
  const unmet = !free && spec.edges.some((edge) => !holds(world, edge))
  const crowded = dependentsOf(world, spec.name).some((other) => isAlive(other.state) && groundOf(other).has(spec.name))
  const held = !free && groupsOf(world, process).some((others) => others.some((one) => one.falls || one.rests))
  if (!halted && !unmet && !crowded && !held) yield `${spec.name} waits for nothing`
}

/** In a circle nobody is blocked by somebody who is blocked. */
function waitsInCircle(world: World, name: string, to: string): boolean {
  return world.circles.has(name) && world.circles.has(to) && named(world, to)?.state.tag === 'waiting'
}

/** [SP3] */
export function isHeld({ specials }: World, { jobs, spec }: Process): boolean {
  const { current } = specials
  return current !== null && current.holds && jobs.length === 0 && spec.name !== current.call.name
}

function depthOf(reason: Reason): number {
  let depth = 0
  for (let link: Reason | undefined = reason; link !== undefined; link = link.because) depth++
  return depth
}

/** [TR1] [DE1] [DE5] */
function* runsOnlyGrow({ before, after, input }: Parameters<Law>[0]): Iterable<string> {
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    if (then === undefined) {
      const names = input.event.tag === 'declare' ? input.event.declarations.map(({ spec }) => spec.name) : []
      if (!names.includes(now?.spec.name ?? '')) yield `${now?.spec.name} came, and nobody has declared it`
      if ((now?.id ?? 0) <= Math.max(0, ...[...before.processes.values()].map(({ id }) => id)))
        yield `${now?.spec.name} has the id ${now?.id}`
    } else if (now === undefined) {
      const last = after.departed.find(({ id }) => id === then.id)
      if (last === undefined || !isLeaving(last) || last.state.tag !== 'stopped')
        yield `${then.spec.name} is gone, and nobody wanted that`
    } else if (now.runs < then.runs || (now.runs > then.runs + 1 && now.spec.command !== null))
      yield `${now.spec.name}: run ${now.runs} after ${then.runs}`
  }
}
