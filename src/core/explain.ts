import { assertNever } from '../lib/assert.ts'
import { listOf } from '../lib/text.ts'
import { formatDuration, never, type Instant } from '../lib/time.ts'
import { describeExit } from './exit.ts'
import type { Aftermath, Process, StopPhase } from './process.ts'
import type { Actor, Fact, Reason } from './reason.ts'
import type { Condition } from './spec.ts'

/** One sentence's worth of why a process is as it is: what status, log and journal show. No full stop. */
export function explainState(process: Process, now: Instant): string {
  const aftermath = process.aftermath === null ? '' : `; ${explainAftermath(process.aftermath)}`
  return `${explainPlainly(process, now)}${aftermath}`
}

/** What the last stop had to kill: `killed after 2s: 123 (sleep 1000)`. [ST4] */
export function explainAftermath({ after, killed, leftBehind }: Aftermath): string {
  const who = killed.map(({ pid, command }) => `${pid} (${command})`)
  const victims = killed.length === 0 ? [] : [`killed after ${formatDuration(after)}: ${listOf(who)}`]
  const survivors = leftBehind === 0 ? [] : [`${leftBehind} of its descendants left running (kill_mode: process)`]
  return [...victims, ...survivors].join('; ')
}

function explainPlainly(process: Process, now: Instant): string {
  const { state } = process
  switch (state.tag) {
    case 'stopping':
      return `going down (${explain(state.reason)}): ${explainPhase(state.phase, now)}`
    case 'failed':
      return state.retryAt === never
        ? withCause(state.reason)
        : `${explain(state.reason)}; next try in ${until(state.retryAt, now)}`
    case 'delayed':
    case 'backoff':
      return `${withCause(state.reason)}; next try in ${until(state.until, now)}`
    case 'running':
      return state.run.says === null ? explain(state.reason) : `${explain(state.reason)}; it says: ${state.run.says}`
    case 'starting':
      return `${explain(state.reason)}; start timeout in ${until(state.deadline, now)}`
    case 'stopped':
    case 'waiting':
    case 'preparing':
    case 'spawning':
    case 'completed':
    case 'stuck':
      return withCause(state.reason)
    default:
      return assertNever(state)
  }
}

/** The chain of causes, oldest first. */
export function chainOf(reason: Reason): Reason[] {
  const chain: Reason[] = []
  for (let link: Reason | undefined = reason; link !== undefined; link = link.because) chain.unshift(link)
  return chain
}

/** One fact in words, without the process it is said of where that is plain. */
export function explain(fact: Fact): string {
  switch (fact.tag) {
    case 'not-called':
      return 'runs only when it is called for'
    case 'asked':
      return `asked to ${describeActor(fact.by)}`
    case 'declared':
      return 'not started yet'
    case 'called-for':
      return `called for by ${fact.by}`
    case 'spawned':
      return 'started'
    case 'became-ready':
      return `ready: ${fact.detail}`
    case 'assumed-ready':
      return `counts as ready: what it may have said before it was taken back was lost, and it has lived on for ${formatDuration(fact.after)}`
    case 'not-ready-yet':
      return fact.last === null ? 'not ready yet' : `not ready yet: ${fact.last}`
    case 'no-longer-ready':
      return `no longer ready: ${fact.last}`
    case 'exited':
      return `${fact.process} ${describeExit(fact.exit)} after ${formatDuration(fact.lived)}`
    case 'spawn-failed':
      return `could not be started: ${fact.text}`
    case 'start-timeout':
      return `not ready within ${formatDuration(fact.after)}${fact.last === null ? '' : `: ${fact.last}`}`
    case 'check-failed':
      return `${fact.process} failed its check ${fact.monitor}: ${fact.detail}`
    case 'watchdog-silent':
      return `${fact.process} sent no WATCHDOG=1 for ${formatDuration(fact.after)}`
    case 'prologue-failed':
      return `the prologue's check ${fact.check} failed: ${fact.detail}`
    case 'prerun-failed':
      return `its prerun ${fact.prerun} failed`
    case 'no-such-oneshot':
      return `there is no oneshot ${fact.process}`
    case 'prerun-running':
      return `its prerun ${fact.prerun} runs`
    case 'waits-for':
      return `waits until ${fact.dependency} ${inWords(fact.condition)} (${fact.found})`
    case 'never-satisfied':
      return `cannot start: ${fact.dependency} will not be ${participle(fact.condition)} (${fact.found})`
    case 'waits-for-dependents':
      return fact.names.length === 0
        ? `waits until its ${fact.count} dependents are gone`
        : `waits until ${listOf(fact.names)} ${fact.names.length === 1 ? 'is' : 'are'} gone`
    case 'dependency-went-down':
      return `${fact.dependency}, which it depends on, went down`
    case 'delay':
      return `restarts after ${formatDuration(fact.delay)}${fact.nth > 1 ? ` (short life number ${fact.nth})` : ''}`
    case 'start-limit':
      return `start limit: ${fact.starts} starts within ${formatDuration(fact.interval)}`
    case 'not-restarted':
      return `not restarted (restart: ${fact.policy})`
    case 'restart-prevented':
      return `not restarted (restart_prevent_exit_codes: ${fact.code})`
    case 'flapping':
      return `rests, for it died again after ${countOf(fact.restarts, 'restart')}`
    case 'tree-stopped':
      return `its tree is stopped: ${fact.process} has reached its start limit`
    case 'limit-exit':
      return `everything ends: ${fact.process} has reached its start limit`
    case 'budget-spent':
      return `${explainHolder(fact)} is given up: ${countOf(fact.restarts, 'restart')} within ${formatDuration(fact.period)}, which is too many`
    case 'failed-below':
      return `restarted, for ${explainHolder(fact)} was given up`
    case 'member-fell':
      return `goes down with ${fact.process}, which is of group ${fact.group} too and fell`
    case 'waits-for-group':
      return fact.until === 'gone'
        ? `waits until those of group ${fact.group} that go down are gone`
        : `waits until the one of group ${fact.group} that fell is started again`
    case 'stopped-together':
      return `${fact.process} was stopped, and the members of group ${fact.group} are stopped together`
    case 'survived-kill':
      return 'survived SIGKILL'
    case 'shutdown':
      return `everything ends: ${fact.by.verb}`
    case 'nothing-left-to-run':
      return 'nothing runs or can run again'
    case 'significant-exit':
      return `everything ends: ${fact.process}, which is significant, ${describeExit(fact.exit)}`
    case 'special':
      return `everything is down while ${fact.process} runs (${fact.by})`
    default:
      return assertNever(fact)
  }
}

function explainHolder({ of, name }: { readonly of: 'group' | 'tree'; readonly name: string }): string {
  return of === 'group' ? `group ${name}` : `the tree of ${name}`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function explainPhase(phase: StopPhase, now: Instant): string {
  switch (phase.tag) {
    case 'draining':
      return 'its dependents go first'
    case 'asked':
      return `signalled ${formatDuration(now - phase.at)} ago, SIGKILL in ${until(phase.killAt, now)}`
    case 'killed':
      return 'killed, not gone yet'
    default:
      return assertNever(phase)
  }
}

/** The fact with what led to it, where a reader would ask at once. */
function withCause(reason: Reason): string {
  // How the other one is stands in the sentence already.
  if (reason.tag === 'waits-for') return explain(reason)
  return reason.because === undefined ? explain(reason) : `${explain(reason)}, since ${explain(reason.because)}`
}

function until(at: Instant, now: Instant): string {
  return formatDuration(Math.max(0, at - now))
}

function describeActor({ verb, user }: Actor): string {
  return user === null ? verb : `${verb} by ${user}`
}

function inWords(condition: Condition): string {
  return { started: 'has started', ready: 'is ready', completed: 'has ended', completed_successfully: 'has succeeded' }[
    condition
  ]
}

function participle(condition: Condition): string {
  return { started: 'started', ready: 'ready', completed: 'over', completed_successfully: 'successful' }[condition]
}
