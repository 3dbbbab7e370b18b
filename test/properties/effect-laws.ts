import { isAlive, liveRun, presentRun } from '../../src/core/process.ts'
import { binds, dependentsOf, get, groundOf, holds, isOneCircle, type Effected, type Law } from './scene.ts'

/** What may be asked of the shell, and when. */
export const effectLaws: readonly Law[] = [
  spawnsOnce,
  runsSpecialsAlone,
  leavesNothingBehind,
  startsOnSolidGround,
  signalsInOrder,
  killsInTime,
  killsWhenForced,
  asksWhoLives,
  hushesWhoLived,
  releasesWhatItMay,
  endsOnce,
]

/** [TR1] */
function* spawnsOnce({ before, input, after, effects }: Parameters<Law>[0]): Iterable<string> {
  const seen = new Set<number>()
  for (const { ref, spec } of of('spawn', effects)) {
    const [then, now] = [before.processes.get(ref.process), get(after, ref.process)]
    const present = then === undefined ? null : presentRun(then)
    if (seen.has(ref.process)) yield `${spec.name} is spawned twice in one step`
    if (present !== null && !tellsOfTheEnd(input, ref.process))
      yield `${spec.name} is spawned while run ${present} is there`
    if (ref.run !== (then?.runs ?? 0) + 1) yield `${spec.name}: run ${ref.run} follows ${then?.runs}`
    if (now.state.tag !== 'spawning' || now.state.n !== ref.run) yield `${spec.name} is spawned and ${now.state.tag}`
    if (after.phase.tag !== 'up') yield `${spec.name} is spawned while the phase is ${after.phase.tag}`
    seen.add(ref.process)
  }
}

function tellsOfTheEnd({ event }: Parameters<Law>[0]['input'], process: number): boolean {
  return (
    event.tag === 'process' && event.process === process && ['exited', 'gone', 'spawn-failed'].includes(event.event.tag)
  )
}

/** [TR2] [TR3] [TR4] */
function* startsOnSolidGround({ after, effects, host }: Parameters<Law>[0]): Iterable<string> {
  for (const { ref, spec } of of('spawn', effects)) {
    const process = get(after, ref.process)
    if (process.jobs.length === 0 && !process.want.up) yield `${spec.name} is started, and nobody wants it`
    for (const dependent of dependentsOf(after, spec.name)) {
      const run = groundOf(dependent).get(spec.name)
      if (run !== undefined && run !== ref.run)
        yield `${spec.name} is started and ${dependent.spec.name} lives on run ${run}`
    }
    if (process.jobs.length > 0) continue
    for (const edge of spec.edges) {
      const other = get(after, after.ids.get(edge.to) ?? 0)
      // It was completed when this one began to prepare, and runs again for somebody.
      if (other.spec.oneshot && other.jobs.length > 0) continue
      if (!holds(after, edge)) yield `${spec.name} is started, and ${edge.to} is not ${edge.condition}`
      if (binds(edge) && groundOf(process).get(edge.to) !== other.runs)
        yield `${spec.name} is started on ${edge.to} run ${groundOf(process).get(edge.to)}, which is at run ${other.runs}`
      const checked = edge.condition === 'ready' && !other.spec.oneshot && other.spec.ready !== null
      const run = host.run({ process: other.id, run: other.runs })
      const hasSaid = run?.wasReady === true || other.spec.ready?.tag === 'elapsed'
      // Under another declaration it was, or it was taken back and has outlived its start timeout.
      const mayCount = run?.wasRedeclared === true || liveRun(other.state)?.takenBackAt !== null
      if (checked && !hasSaid && !mayCount)
        yield `${spec.name} is started, and run ${other.runs} of ${edge.to} has never said that it is ready`
    }
  }
}

/** [SP3]: a special with `shutdown` starts when nothing is left but what runs for it. */
function* runsSpecialsAlone({ after, effects, host }: Parameters<Law>[0]): Iterable<string> {
  const { current } = after.specials
  if (current === null || !current.holds) return
  // What was a prerun, or had preruns, under another declaration is not waited for.
  const mayOverlap = (name: string): boolean => host.redeclared.has(name)
  if (mayOverlap(current.call.name)) return
  for (const { ref, spec } of of('spawn', effects)) {
    const isItself = spec.name === current.call.name
    if (get(after, ref.process).jobs.length === 0 && !isItself)
      yield `${spec.name} starts, and ${current.call.name} has its turn`
    if (!isItself || current.stage === 'clearing') continue
    for (const other of after.processes.values()) {
      if (other.id === ref.process || mayOverlap(other.spec.name)) continue
      if (other.jobs.length === 0 && isAlive(other.state))
        yield `${spec.name} starts, and ${other.spec.name} is ${other.state.tag}`
    }
  }
}

/** [ST4] [ST5]: a run is over when nothing of it lives, or what lives is none of our business. */
function* leavesNothingBehind({ before, after, host }: Parameters<Law>[0]): Iterable<string> {
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    const run = then === undefined ? null : liveRun(then.state)
    if (then === undefined || run === null || (now !== undefined && presentRun(now) === run.n)) continue
    if ((host.run({ process: then.id, run: run.n })?.living.length ?? 0) > 0)
      yield `${then.spec.name} is ${now?.state.tag ?? 'no more'}, and something of run ${run.n} lives`
  }
}

/** [ST2] [TR4]: who depends on it and goes down is gone before a living main process gets its stop signal. */
function* signalsInOrder({ after, effects, host }: Parameters<Law>[0]): Iterable<string> {
  for (const { ref, signal } of of('signal', effects)) {
    const process = get(after, ref.process)
    const { name } = process.spec
    if (process.state.tag !== 'stopping' || process.state.run.n !== ref.run)
      yield `${name} run ${ref.run} gets ${signal} while it is ${process.state.tag}`
    if (signal === 'SIGKILL' || process.state.tag !== 'stopping' || process.state.exit !== null) continue
    for (const dependent of dependentsOf(after, name)) {
      if (!host.living().includes(dependent.spec.name) || isOneCircle(after, name, dependent.spec.name)) continue
      // What lies between two circles counts as of one.
      if (after.circles.has(name) && after.circles.has(dependent.spec.name)) continue
      const goesToo = ['stopping', 'stuck'].includes(dependent.state.tag) || after.phase.tag === 'ending'
      if (groundOf(dependent).has(name) || goesToo) yield `${name} gets ${signal} while ${dependent.spec.name} lives`
    }
  }
}

/** The times of the core are sums of fractions. */
const rounding = 0.001

/** [ST3] */
function* killsInTime({ before, input, after, effects, host }: Parameters<Law>[0]): Iterable<string> {
  const { event } = input
  for (const { ref, signal, scope } of of('signal', effects)) {
    if (signal !== 'SIGKILL') continue
    const { spec, state } = get(after, ref.process)
    const run = host.run(ref)
    // It may have been forced under the supervisor before.
    if (liveRun(state)?.takenBackAt !== null || (run?.kills ?? 0) > 1) continue
    const forced =
      (event.tag === 'process' && event.process === ref.process && 'force' in event.event && event.event.force) ||
      (after.phase.tag === 'ending' && after.phase.forced) ||
      after.phase.tag === 'over'
    const asked = run?.askedAt ?? Number.POSITIVE_INFINITY
    const timely = after.now - asked >= spec.stop.timeout - rounding
    // What the main process leaves behind in this mode has had its notice.
    const mixed = spec.stop.mode === 'mixed' && scope === 'group' && get(before, ref.process).state.tag === 'stopping'
    if (!forced && !timely && !mixed) yield `${spec.name} gets SIGKILL before its time, at ${after.now}`
  }
}

/** [ST3]: a forced stop is no request. */
function* killsWhenForced({ before, input, effects }: Parameters<Law>[0]): Iterable<string> {
  const { event } = input
  if (event.tag !== 'process' || !('force' in event.event) || !event.event.force || before.phase.tag === 'over') return
  const then = before.processes.get(event.process)
  if (then === undefined) return
  const { state, spec } = then
  const lives = state.tag === 'starting' || state.tag === 'running'
  if (!lives && !(state.tag === 'stopping' && state.phase.tag !== 'killed')) return
  const killed = of('signal', effects).some(({ ref, signal }) => ref.process === event.process && signal === 'SIGKILL')
  if (!killed) yield `${spec.name} is ${state.tag}, and a forced ${event.event.tag} does not kill it`
}

/** Who goes down in the same step is asked, and hushed at once. */
function* asksWhoLives({ after, effects }: Parameters<Law>[0]): Iterable<string> {
  for (const { token } of of('ask', effects)) {
    if (of('hush', effects).some(({ ref }) => ref.process === token.process && ref.run === token.run)) continue
    if (token.process === 0) {
      if (after.phase.tag !== 'prologue') yield `the prologue is asked while the phase is ${after.phase.tag}`
      continue
    }
    const { spec, state } = get(after, token.process)
    if ((state.tag !== 'starting' && state.tag !== 'running') || state.run.n !== token.run) {
      yield `${spec.name} run ${token.run} is asked while it is ${state.tag}`
    }
  }
}

function* hushesWhoLived({ before, effects }: Parameters<Law>[0]): Iterable<string> {
  for (const { ref } of of('hush', effects)) {
    const process = get(before, ref.process)
    if (presentRun(process) !== ref.run)
      yield `${process.spec.name}: run ${ref.run} is hushed, not ${presentRun(process)}`
  }
}

/** [ST5] */
function* releasesWhatItMay({ before, effects }: Parameters<Law>[0]): Iterable<string> {
  for (const { ref } of of('release', effects)) {
    const process = get(before, ref.process)
    if (presentRun(process) !== ref.run || process.spec.stop.mode !== 'process')
      yield `${process.spec.name}: run ${ref.run} is released`
  }
}

function* endsOnce({ before, after, effects }: Parameters<Law>[0]): Iterable<string> {
  const ends = of('end', effects).length
  const over = after.phase.tag === 'over' && before.phase.tag !== 'over'
  if (ends !== (over ? 1 : 0)) yield `it ends ${ends} times in a step to ${after.phase.tag}`
  if (before.phase.tag === 'over' && effects.length > 0) yield 'something is done after the end'
}

function of<Tag extends Effected<'spawn'>['tag'] | 'signal' | 'ask' | 'hush' | 'release' | 'end'>(
  tag: Tag,
  effects: Parameters<Law>[0]['effects'],
): Effected<Tag>[] {
  return effects.filter((effect): effect is Effected<Tag> => effect.tag === tag)
}
