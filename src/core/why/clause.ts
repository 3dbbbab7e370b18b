import { assertNever } from '../../lib/assert.ts'
import { listOf } from '../../lib/text.ts'
import { formatDuration, type Instant } from '../../lib/time.ts'
import { describeExit } from '../exit.ts'
import { explain } from '../explain.ts'
import type { Process } from '../process.ts'
import type { Actor, Reason } from '../reason.ts'
import type { Condition } from '../spec.ts'
import { named, type World } from '../world.ts'

/** From where the sentences about a process are told. */
export interface View {
  readonly world: World
  readonly now: Instant
  /** Writes an instant: `12:03:07`. */
  readonly timeOf: (at: Instant) => string
}

/** A chain of reasons as half a sentence about a process, to go behind "because"; null: there is nothing to say. [WH2] */
export function becauseOf(process: Process, reason: Reason, view: View): string | null {
  const clauses = clausesOf(process, reason, view)
  const last = clauses.at(-1)
  if (last === undefined) return null
  const decision = decisionOf(reason)
  const text = clauses
    .map(({ text }) => text)
    .join(', because ')
    .replaceAll(',,', ',')
    .replace(/,$/, '')
  return `${text}, at ${view.timeOf(last.at)}${decision === null ? '' : `, and ${decision}`}`
}

interface Clause {
  readonly text: string
  readonly at: Instant
}

/** Newest first. What only says what came of a cause is left out, for the state says that already. */
function clausesOf(process: Process, reason: Reason, { world }: View): readonly Clause[] {
  const clauses: Clause[] = []
  let teller = process.spec.name
  let subject = 'it'
  const aside = (to: string): string => `${to}, ${relationOf(world, { from: teller, to, root: process.spec.name })},`
  for (let link: Reason | undefined = reason; link !== undefined; link = link.because) {
    if (isConsequence(link)) continue
    if (link.tag === 'dependency-went-down') {
      subject = aside(link.dependency)
      teller = link.dependency
      const cause = causeBelow(link)
      if (cause !== null && isOwnDoing(cause)) continue
      clauses.push({ at: link.at, text: `${subject} went down` })
      continue
    }
    if ('dependency' in link) {
      subject = aside(link.dependency)
      teller = link.dependency
      continue
    }
    clauses.push({ at: link.at, text: clauseOf(link, subject) })
  }
  return clauses
}

/** What lies behind a link, without what is only a consequence. */
function causeBelow({ because }: Reason): Reason | null {
  if (because === undefined) return null
  return isConsequence(because) ? causeBelow(because) : because
}

/** Whether the clause for it names whom it is about. */
function isOwnDoing({ tag }: Reason): boolean {
  return ownDoings.has(tag)
}

const ownDoings: ReadonlySet<Reason['tag']> = new Set([
  'exited',
  'check-failed',
  'watchdog-silent',
  'start-timeout',
  'spawn-failed',
  'asked',
])

function isConsequence({ tag, because }: Reason): boolean {
  return because !== undefined && consequences.has(tag)
}

const consequences: ReadonlySet<Reason['tag']> = new Set([
  'spawned',
  'became-ready',
  'not-ready-yet',
  'delay',
  'not-restarted',
  'restart-prevented',
  'start-limit',
  'survived-kill',
  'prerun-running',
  'waits-for-dependents',
])

/** What was decided by the newest link, as an addition to the cause. */
function decisionOf(reason: Reason): string | null {
  const { tag } = reason
  if (tag === 'delay') return reason.nth > 1 ? `that was short life number ${reason.nth} in a row` : null
  if (tag === 'not-restarted') return `is not restarted (restart: ${reason.policy})`
  if (tag === 'restart-prevented') return `is not restarted after code ${reason.code} (restart_prevent_exit_codes)`
  if (tag !== 'start-limit') return null
  return `was started ${reason.starts} times within ${formatDuration(reason.interval)}, which is its start limit`
}

/** One fact about `subject`, which may be `it`. */
function clauseOf(fact: Reason, subject: string): string {
  switch (fact.tag) {
    case 'asked':
      return askedFor(fact.by, subject)
    case 'exited':
      return `${subject} ${describeExit(fact.exit)} after ${formatDuration(fact.lived)}`
    case 'check-failed':
      return `${subject} failed its check ${fact.monitor}: ${fact.detail}`
    case 'watchdog-silent':
      return `${subject} sent no WATCHDOG=1 for ${formatDuration(fact.after)}`
    case 'start-timeout':
      return `${subject} was not ready within its start timeout of ${formatDuration(fact.after)}${answered(fact.last)}`
    case 'spawn-failed':
      return `${subject} could not be started: ${fact.text}`
    case 'called-for':
      return `${fact.by} called for ${subject}`
    case 'declared':
      return `${subject} is declared to run`
    case 'prerun-failed':
      return `the prerun ${fact.prerun} failed`
    case 'shutdown':
      return `everything goes down, since ${askedFor(fact.by, 'coppice')}`
    case 'nothing-left-to-run':
      return 'everything ends, since nothing runs or can run again'
    case 'significant-exit':
      return `everything goes down, since ${fact.process}, which is significant, ${describeExit(fact.exit)}`
    case 'special':
      return `everything is down while ${fact.process} runs, which ${fact.by} called for`
    case 'failed-below':
      return `${fact.of === 'group' ? `its group ${fact.name}` : 'what hangs from it'} was given up`
    case 'tree-stopped':
      return `${fact.process} has reached its start limit, and its whole tree is stopped`
    case 'limit-exit':
      return `everything goes down, since ${fact.process} has reached its start limit`
    case 'member-fell':
      return `${fact.process}, which is of group ${fact.group} too, fell`
    case 'not-called':
    case 'spawned':
    case 'became-ready':
    case 'assumed-ready':
    case 'not-ready-yet':
    case 'no-longer-ready':
    case 'prologue-failed':
    case 'no-such-oneshot':
    case 'prerun-running':
    case 'waits-for':
    case 'never-satisfied':
    case 'waits-for-dependents':
    case 'dependency-went-down':
    case 'delay':
    case 'start-limit':
    case 'not-restarted':
    case 'restart-prevented':
    case 'flapping':
    case 'budget-spent':
    case 'waits-for-group':
    case 'stopped-together':
    case 'survived-kill':
      return explain(fact)
    default:
      return assertNever(fact)
  }
}

function answered(last: string | null): string {
  return last === null ? '' : `, and its last answer was "${last}"`
}

/** `alice asked to stop it`, `coppice got SIGTERM`, `alice ran \`coppice apply\``. */
function askedFor({ verb, user }: Actor, subject: string): string {
  if (verb.startsWith('SIG')) return `coppice got ${verb}`
  if (verb === 'daemon') return 'the daemon began'
  const who = user ?? 'somebody'
  return commands.has(verb) ? `${who} asked to ${verb} ${subject}` : `${who} ran \`coppice ${verb}\``
}

const commands: ReadonlySet<string> = new Set(['start', 'stop', 'restart', 'delete'])

/** What one process is to another, seen from the one that everything is told of. */
export function relationOf(
  world: World,
  { from, to, root }: { readonly from: string; readonly to: string; readonly root: string },
): string {
  const isParent = named(world, from)?.spec.parent === to
  if (from === root) return isParent ? 'its parent' : 'which it depends on'
  return isParent ? `the parent of ${from}` : `which ${from} depends on`
}

/** `is ready`: what is waited for. */
export function conditionMet(condition: Condition): string {
  switch (condition) {
    case 'started':
      return 'has started'
    case 'ready':
      return 'is ready'
    case 'completed':
      return 'has ended'
    case 'completed_successfully':
      return 'has succeeded'
    default:
      return assertNever(condition)
  }
}

/** `to be ready`: what is needed. */
export function conditionNeeded(condition: Condition): string {
  switch (condition) {
    case 'started':
      return 'to have started'
    case 'ready':
      return 'to be ready'
    case 'completed':
      return 'to have ended'
    case 'completed_successfully':
      return 'to have succeeded'
    default:
      return assertNever(condition)
  }
}

/** `a is`, `a and b are`, `its 30 dependents are`. */
export function areGone(names: readonly string[], count = names.length): string {
  if (names.length === 0) return `${count} processes that stand on it are gone`
  const who = listOf(names)
  return names.length === 1 ? `${who}, which stands on it, is gone` : `${who}, which stand on it, are gone`
}
