import { assertNever } from '../../lib/assert.ts'
import { formatDuration, type Instant } from '../../lib/time.ts'
import { groundIn, isAlive, type Process, type State } from '../process.ts'
import { named, type World } from '../world.ts'
import { becauseOf, type View } from './clause.ts'
import { areGone } from './words.ts'

/** Who is on its way down, and what it waits for. */
export interface GoingDown {
  readonly process: Process
  readonly phase: 'draining' | 'asked' | 'killed' | 'stuck'
  /** Who must be gone first. */
  readonly waitsFor: readonly string[]
  /** When it gets SIGKILL; null: it has got it, or waits for others. */
  readonly killAt: Instant | null
  /** A sentence. */
  readonly text: string
}

/** What blocks a stop or a shutdown. [WH5] */
export interface StopStory {
  /** A sentence; what was asked for, and when it is forced at the latest. */
  readonly sentences: readonly string[]
  /** Those that others wait for come first, then by id. */
  readonly processes: readonly GoingDown[]
}

/** Who blocks what is being stopped: which process, in which phase, for how long still, and whom it waits for. [WH5] */
export function tellStop(view: View): StopStory {
  const { world } = view
  const processes = [...world.processes.values()]
    .flatMap((process) => goingDownOf(process, view) ?? [])
    .toSorted((a, b) => Number(a.waitsFor.length > 0) - Number(b.waitsFor.length > 0))
  return { sentences: headOf(view, processes.length), processes }
}

function headOf(view: View, count: number): readonly string[] {
  const { phase } = view.world
  if (phase.tag === 'over') return ['Everything is over.']
  if (phase.tag !== 'ending') return [count === 0 ? 'Nothing is being stopped.' : `${countOf(count)} on the way down.`]
  const [first] = view.world.processes.values()
  const because = first === undefined ? null : becauseOf(first, phase.reason, view)
  const why = because === null ? 'everything goes down' : because
  const left = formatDuration(Math.max(0, phase.forceAt - view.now))
  const force = phase.forced ? 'Everything that is left has got SIGKILL.' : `What is left in ${left} gets SIGKILL.`
  return [`${why.charAt(0).toUpperCase()}${why.slice(1)}.`, force]
}

function countOf(count: number): string {
  return count === 1 ? '1 process is' : `${count} processes are`
}

function goingDownOf(process: Process, view: View): GoingDown | null {
  const { state, spec } = process
  if (state.tag !== 'stopping' && state.tag !== 'stuck') return null
  return {
    process,
    phase: state.tag === 'stuck' ? 'stuck' : state.phase.tag,
    waitsFor: isDraining(process) ? inTheWay(view.world, process) : [],
    killAt: state.tag === 'stopping' && state.phase.tag === 'asked' ? state.phase.killAt : null,
    text: `${stopProgress(process, view, spec.name)}.`,
  }
}

/** How far the stop of a process is, and what it waits for: a sentence without its full stop. [WH4] */
export function stopProgress(process: Process, view: View, subject: string): string {
  const { state } = process
  if (state.tag === 'stuck')
    return `${subject} got SIGKILL and has not died: its process ${state.run.pid} hangs in the kernel`
  if (state.tag !== 'stopping') return `${subject} is not going down`
  return progressOf(process, state, view, subject)
}

function progressOf(
  process: Process,
  { phase, exit }: Extract<State, { tag: 'stopping' }>,
  view: View,
  subject: string,
): string {
  const what = exit === null ? subject : `${subject} has ended; what it left`
  switch (phase.tag) {
    case 'draining': {
      const names = inTheWay(view.world, process)
      const blocker = blockerAmong(names, view.world)
      const far = blocker === null ? '' : `: ${stopProgress(blocker, view, blocker.spec.name)}`
      return `${subject} waits until ${areGone(names)}${far}`
    }
    case 'asked': {
      const ago = formatDuration(view.now - phase.at)
      const left = formatDuration(Math.max(0, phase.killAt - view.now))
      return `${what} got ${process.spec.stop.signal} ${ago} ago, and gets SIGKILL in ${left}`
    }
    case 'killed':
      return `${what} got SIGKILL and is not gone yet`
    default:
      return assertNever(phase)
  }
}

/** The living dependents that stand on it, or go down too. */
function inTheWay(world: World, process: Process): readonly string[] {
  const { name } = process.spec
  const ending = world.phase.tag === 'ending'
  const names = (world.dependents.get(name) ?? []).flatMap(({ id }) => {
    const dependent = world.processes.get(id)
    if (dependent === undefined || !isAlive(dependent.state)) return []
    const { tag } = dependent.state
    const isInTheWay = ending || groundIn(dependent.state).has(name) || tag === 'stopping' || tag === 'stuck'
    return isInTheWay ? [dependent.spec.name] : []
  })
  return [...new Set(names)]
}

/** The one on whom it hangs: it waits for nobody else, and has the longest still to go. */
function blockerAmong(names: readonly string[], world: World): Process | null {
  const met = new Set<string>()
  const atWork: Process[] = []
  let next = names
  while (next.length > 0) {
    const fresh = next.filter((name) => !met.has(name))
    fresh.forEach((name) => met.add(name))
    const processes = fresh.flatMap((name) => named(world, name) ?? [])
    atWork.push(...processes.filter(isAtWork))
    next = processes.filter(isDraining).flatMap((process) => inTheWay(world, process))
  }
  return atWork.toSorted((a, b) => leftOf(b.state) - leftOf(a.state))[0] ?? null
}

function isDraining({ state }: Process): boolean {
  return state.tag === 'stopping' && state.phase.tag === 'draining'
}

function isAtWork({ state }: Process): boolean {
  return state.tag === 'stuck' || (state.tag === 'stopping' && state.phase.tag !== 'draining')
}

function leftOf(state: State): Instant {
  if (state.tag === 'stuck') return Number.POSITIVE_INFINITY
  return state.tag === 'stopping' && state.phase.tag === 'asked' ? state.phase.killAt : 0
}
