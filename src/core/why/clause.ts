import { formatDuration, type Instant } from '../../lib/time.ts'
import type { Process } from '../process.ts'
import type { Reason } from '../reason.ts'
import type { World } from '../world.ts'
import { clauseOf } from './fact.ts'
import { relationOf } from './words.ts'

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
  const root = process.spec.name
  let about = { name: root, subject: 'it' }
  for (let link: Reason | undefined = reason; link !== undefined; link = link.because) {
    const other = otherIn(link)
    if (other !== null) {
      about = { name: other, subject: `${other}, ${relationTo(other, link, { world, from: about.name, root })},` }
      const fall = fallIn(link)
      const cause = fall === null ? null : causeBelow(link)
      if (fall !== null && (cause === null || !ownDoings.has(cause.tag))) {
        clauses.push({ at: link.at, text: `${about.subject} ${fall}` })
      }
    } else if (!isConsequence(link)) {
      clauses.push({ at: link.at, text: clauseOf(link, about.subject) })
    }
  }
  return clauses
}

/** The other process that a link leads to: what lies behind it is about that one. */
function otherIn(link: Reason): string | null {
  if ('dependency' in link) return link.dependency
  return link.tag === 'member-fell' ? link.process : null
}

function fallIn({ tag }: Reason): string | null {
  if (tag === 'dependency-went-down') return 'went down'
  return tag === 'member-fell' ? 'fell' : null
}

function relationTo(
  to: string,
  link: Reason,
  { world, from, root }: { readonly world: World; readonly from: string; readonly root: string },
): string {
  return link.tag === 'member-fell' ? `which is of group ${link.group} too` : relationOf(world, { from, to, root })
}

/** What lies behind a link, without what is only a consequence. */
function causeBelow({ because }: Reason): Reason | null {
  if (because === undefined) return null
  return isConsequence(because) ? causeBelow(because) : because
}

/** The clauses for these name whom they are about. */
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
  'waits-for-group',
  'flapping',
])

/** What was decided by the newest link, as an addition to the cause. */
function decisionOf(reason: Reason): string | null {
  const { tag } = reason
  if (tag === 'delay') return reason.nth > 1 ? `that was short life number ${reason.nth} in a row` : null
  if (tag === 'not-restarted') return `is not restarted (restart: ${reason.policy})`
  if (tag === 'restart-prevented') return `is not restarted after code ${reason.code} (restart_prevent_exit_codes)`
  if (tag === 'flapping') return `that was after ${reason.restarts} restarts, which is too many so soon`
  if (tag !== 'start-limit') return null
  return `was started ${reason.starts} times within ${formatDuration(reason.interval)}, which is its start limit`
}
