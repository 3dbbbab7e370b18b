import type { SignalName } from '../lib/signals.ts'
import type { Instant, Millis } from '../lib/time.ts'
import type { Exit } from './exit.ts'
import type { Condition } from './spec.ts'

/** Who asked: a person through a verb, or a signal to the supervisor. */
export interface Actor {
  /** `start`, `stop`, `restart`, `up`, `SIGTERM` … */
  readonly verb: string
  /** Who, where known: `root`, `alice`. */
  readonly user: string | null
}

/**
 * Why something is as it is. Composed once, where it is decided; status, journal and `why` only read it.
 * `because` leads back to the cause, across processes.
 */
export type Reason = { readonly at: Instant; readonly because?: Reason } & Fact

export type Fact =
  | { readonly tag: 'not-called' }
  | { readonly tag: 'asked'; readonly by: Actor }
  | { readonly tag: 'declared' }
  /** A process whose prerun it is, a signal, or a schedule. */
  | { readonly tag: 'called-for'; readonly by: string }
  | { readonly tag: 'spawned' }
  | { readonly tag: 'became-ready'; readonly detail: string }
  /** It would have said that it is ready, perhaps when nobody listened, and has lived on for so long since. */
  | { readonly tag: 'assumed-ready'; readonly after: Millis }
  | { readonly tag: 'not-ready-yet'; readonly last: string | null }
  | { readonly tag: 'no-longer-ready'; readonly last: string }
  | { readonly tag: 'exited'; readonly process: string; readonly exit: Exit; readonly lived: Millis }
  | { readonly tag: 'spawn-failed'; readonly code: string; readonly text: string }
  | { readonly tag: 'start-timeout'; readonly after: Millis; readonly last: string | null }
  | { readonly tag: 'check-failed'; readonly process: string; readonly monitor: string; readonly detail: string }
  | { readonly tag: 'watchdog-silent'; readonly process: string; readonly after: Millis }
  | { readonly tag: 'prologue-failed'; readonly check: string; readonly detail: string }
  | { readonly tag: 'prerun-failed'; readonly prerun: string }
  | { readonly tag: 'prerun-running'; readonly prerun: string }
  | { readonly tag: 'no-such-oneshot'; readonly process: string }
  | { readonly tag: 'waits-for'; readonly dependency: string; readonly condition: Condition; readonly found: string }
  /** `condition` of `dependency` can never come true any more. */
  | {
      readonly tag: 'never-satisfied'
      readonly dependency: string
      readonly condition: Condition
      readonly found: string
    }
  /** Its former dependents must be gone before it starts again. `names` is empty when they are too many to name. */
  | { readonly tag: 'waits-for-dependents'; readonly names: readonly string[]; readonly count: number }
  | { readonly tag: 'dependency-went-down'; readonly dependency: string }
  | { readonly tag: 'delay'; readonly nth: number; readonly delay: Millis }
  | { readonly tag: 'start-limit'; readonly starts: number; readonly interval: Millis }
  | { readonly tag: 'not-restarted'; readonly policy: string }
  | { readonly tag: 'restart-prevented'; readonly code: number }
  /** Flap detection lets it rest, after so many restarts. */
  | { readonly tag: 'flapping'; readonly restarts: number }
  /** The tree it is the root of was stopped, for this process of it has reached its start limit. */
  | { readonly tag: 'tree-stopped'; readonly process: string }
  /** The run of the supervisor ends, for this process has reached its start limit. */
  | { readonly tag: 'limit-exit'; readonly process: string }
  /** A group, or what hangs from a process, was restarted too often, and is given up. */
  | {
      readonly tag: 'budget-spent'
      readonly of: 'group' | 'tree'
      readonly name: string
      readonly restarts: number
      readonly period: Millis
    }
  /** What hangs from it was given up: that counts as a failure of its own. */
  | { readonly tag: 'failed-below'; readonly of: 'group' | 'tree'; readonly name: string }
  /** It goes down with a member of its group that fell. */
  | { readonly tag: 'member-fell'; readonly group: string; readonly process: string }
  /** Others of its group are on their way down, or wait out a delay. */
  | { readonly tag: 'waits-for-group'; readonly group: string; readonly until: 'gone' | 'restarted' }
  /** Somebody stopped this member of the group, whose members are stopped together. */
  | { readonly tag: 'stopped-together'; readonly group: string; readonly process: string }
  | { readonly tag: 'survived-kill' }
  | { readonly tag: 'shutdown'; readonly by: Actor }
  | { readonly tag: 'nothing-left-to-run' }
  | { readonly tag: 'significant-exit'; readonly process: string; readonly exit: Exit }
  | { readonly tag: 'special'; readonly process: string; readonly by: SignalName | 'schedule' | 'operator' }
