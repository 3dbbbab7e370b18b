import { assertNever } from '../../lib/assert.ts'
import { describeState } from '../edges.ts'
import { explain, explainAftermath } from '../explain.ts'
import type { Process, State } from '../process.ts'
import type { Reason } from '../reason.ts'
import { status } from '../status.ts'
import { named } from '../world.ts'
import { becauseOf, type View } from './clause.ts'
import { nextOf } from './next.ts'
import { areGone, conditionMet, conditionNeeded, relationOf } from './words.ts'

/**
 * Why a process is as it is, back to the root cause and across processes, and what comes next or would end it: whole
 * sentences for a person who does not know the code. [WH2] [WH3]
 */
export function tellWhy(process: Process, view: View): readonly string[] {
  const [first, ...rest] = [headOf(process, { ...view, met: [process.spec.name] }), ...nextOf(process, view, 'It')]
  const { aftermath } = process
  return [`${first}.`, ...rest.map((text) => `${text}.`), ...(aftermath === null ? [] : [afterwards(process)])]
}

function afterwards({ aftermath }: Process): string {
  return aftermath === null ? '' : `Of its last run: ${explainAftermath(aftermath)}.`
}

/** Who is in the sentence already: in a circle it must come to an end. */
interface Told extends View {
  readonly met: readonly string[]
}

/** The first sentence, without its full stop. */
function headOf(process: Process, view: Told): string {
  const { spec, state } = process
  const { name } = spec
  const told = becauseOf(process, state.reason, view)
  const because = told === null ? '' : ` because ${told}`
  switch (state.tag) {
    case 'stopped':
      return stoppedHead(process, state.reason, because)
    case 'waiting':
      return waitingHead(process, state, view)
    case 'preparing':
      return state.reason.tag === 'prerun-running'
        ? `${name} is starting: its prerun ${state.reason.prerun} runs first`
        : `${name} is starting${because}`
    case 'spawning':
      return `${name} is starting${because}`
    case 'starting':
      return `${name} has started and is not ready yet${lastAnswer(state.ready?.last ?? null)}`
    case 'running':
      return runningHead(process, state, view)
    case 'stopping':
      return `${name} ${status(process) === 'restarting' && !isForGood(state.reason) ? 'is restarting' : 'is going down'}${because}`
    case 'delayed':
      return `${name} is restarting${because}`
    case 'backoff':
      return `${name} rests${because}`
    case 'failed':
      return `${name} has failed${because}`
    case 'completed':
      return `${name} is completed${because}`
    case 'stuck':
      return `${name} is stuck: it got SIGKILL and has not died${told === null ? '' : `. It was to go because ${told}`}`
    default:
      return assertNever(state)
  }
}

/** It cannot come back before somebody wants its dependency again. */
function isForGood(reason: Reason): boolean {
  if (reason.tag === 'asked') return reason.by.verb === 'stop' || reason.by.verb === 'delete'
  return reason.because !== undefined && isForGood(reason.because)
}

function stoppedHead({ spec: { name } }: Process, { tag }: Reason, because: string): string {
  if (tag === 'not-called') return `${name} is stopped: it runs only when it is called for`
  return tag === 'declared' ? `${name} has not been started yet` : `${name} is stopped${because}`
}

function runningHead(
  process: Process,
  { isReady, run, reason, ready }: Extract<State, { tag: 'running' }>,
  view: View,
): string {
  const { name } = process.spec
  const born = becauseOf(process, run.birth, view)
  const since = `: run ${run.n} began at ${view.timeOf(run.since)}${born === null ? '' : `, because ${born}`}`
  if (isReady || process.spec.oneshot) return `${name} is running${since}`
  if (reason.tag === 'no-longer-ready') return `${name} is running, and is no longer ready: ${reason.last}`
  return `${name} is running and not ready yet${lastAnswer(ready?.last ?? null)}`
}

function waitingHead(process: Process, { reason, hopeless }: Extract<State, { tag: 'waiting' }>, view: Told): string {
  const { name } = process.spec
  const { phase } = view.world
  if (phase.tag === 'prologue') return `${name} waits until the checks of the prologue pass`
  if (reason.tag === 'waits-for' || reason.tag === 'never-satisfied') {
    const { dependency: to, condition } = reason
    const other = `${to}, ${relationOf(view.world, { from: name, to, root: name })},`
    const story = otherStory(to, view)
    return reason.tag === 'waits-for'
      ? `${name} waits until ${other} ${conditionMet(condition)}, and ${story}`
      : `${name} is blocked because it needs ${other} ${conditionNeeded(condition)}, and ${story}`
  }
  const because = becauseOf(process, reason, view)
  if (reason.tag === 'waits-for-dependents' || reason.tag === 'waits-for-group') {
    const until =
      reason.tag === 'waits-for-dependents' ? `waits until ${areGone(reason.names, reason.count)}` : explain(reason)
    return `${name} ${until}${because === null ? '' : `. It is to start again because ${because}`}`
  }
  return `${name} ${hopeless ? 'is blocked' : 'waits'}${because === null ? `: ${explain(reason)}` : ` because ${because}`}`
}

/** A line of more processes than these, who wait for each other, nobody reads. */
const mostTold = 8

/** What there is to say of the process that another one waits for. */
function otherStory(name: string, view: Told): string {
  const other = named(view.world, name)
  if (other === undefined) return 'there is no process of that name'
  if (view.met.includes(name)) return 'they wait for each other, in a circle'
  if (view.met.length > mostTold) return `${name} is ${describeState(other)}`
  return headOf(other, { ...view, met: [...view.met, name] })
}

function lastAnswer(last: string | null): string {
  return last === null ? '' : `: its last answer was "${last}"`
}
