import { assertNever } from '../../lib/assert.ts'
import { formatDuration } from '../../lib/time.ts'
import { describeExit } from '../exit.ts'
import { explain } from '../explain.ts'
import type { Actor, Reason } from '../reason.ts'

/** One fact about `subject`, which may be `it`. */
export function clauseOf(fact: Reason, subject: string): string {
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
    case 'member-fell':
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
