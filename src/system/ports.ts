import type { Probe, Verdict } from '../core/check.ts'
import type { RunRef } from '../core/effects.ts'
import type { NotifyMessage } from '../core/events.ts'
import type { Exit } from '../core/exit.ts'
import type { ProcessSpec } from '../core/spec.ts'
import type { SignalName } from '../lib/signals.ts'
import type { Instant } from '../lib/time.ts'

/** The time, and one alarm. */
export interface Clock {
  /** Milliseconds on a clock that never jumps (CLOCK_MONOTONIC). */
  now(): Instant
  /** Milliseconds since 1970, for people. */
  wall(): number
  /** Sets the one alarm, replacing the one before; `never` clears it. An alarm in the past fires at the next turn. */
  alarm(at: Instant, ring: () => void): void
}

/** A descendant that was found after its main process had ended, or killed at the stop timeout. */
export interface Leftover {
  readonly pid: number
  readonly command: string
}

/** What became of a run. Each arrives at most once, in this order, except `notified`, which comes any time in between. */
export type RunNews =
  | { readonly tag: 'notified'; readonly message: NotifyMessage }
  /** The main process has ended. `left`: how many members of its group and marked descendants are still alive. */
  /** `killed`: who got SIGKILL together with it, where nothing is left and no `gone` will tell. */
  | { readonly tag: 'exited'; readonly exit: Exit; readonly left: number; readonly killed?: readonly Leftover[] }
  /** After an `exited` with something left: now nothing is. `killed`: what got SIGKILL. */
  | { readonly tag: 'gone'; readonly killed: readonly Leftover[] }

export interface SpawnOrder {
  readonly ref: RunRef
  readonly spec: ProcessSpec
  /** Called once for each news of this run, never from within `spawn` or `signal` themselves. */
  readonly news: (news: RunNews) => void
}

export type SpawnOutcome =
  | { readonly tag: 'spawned'; readonly pid: number; readonly startTime: number }
  /** `code`: ENOENT, EACCES, …; `text`: a sentence with the path that it is about. */
  | { readonly tag: 'spawn-failed'; readonly code: string; readonly text: string }

/**
 * Whom a signal is for: the `group` of the run (and, once the main process has ended, whatever is left of it), the
 * `main` process alone, or `everything`: group and every marked descendant, again and again until nothing is left.
 */
export type SignalScope = 'group' | 'main' | 'everything'

/** A run of an earlier daemon of ours, as it was recorded. */
export interface AdoptOrder extends SpawnOrder {
  readonly pid: number
  readonly startTime: number
  readonly marker: string
}

/**
 * `adopted`: its main process lives, and news will come of it as of one that was spawned.
 * `ended`: the main process is gone; `exit` as far as the kernel still tells. `left`: how many of its group and its
 * marked descendants are alive; where there are some, they are followed, and `gone` will come.
 */
export type AdoptOutcome =
  { readonly tag: 'adopted' } | { readonly tag: 'ended'; readonly exit: Exit; readonly left: number }

/** Starts runs and tells what becomes of them. Never signals a pid that is not of that run. */
export interface Spawner extends AsyncDisposable {
  spawn(order: SpawnOrder): SpawnOutcome
  /** Takes a run back, if pid, start time and marker are its own; a stranger on its pid counts as ended. */
  adopt(order: AdoptOrder): AdoptOutcome
  /** The marker of a live run, for the record; null: there is no such run. */
  markerOf(ref: RunRef): string | null
  /** A run that is gone is not an error: the news says so, or has said so. */
  signal(ref: RunRef, order: { readonly signal: SignalName; readonly scope: SignalScope }): void
  /** Stops watching what is left of a run (kill mode `process`): there will be no `gone` for it. */
  release(ref: RunRef): void
}

/** What the asking of a probe may use of the process it is for; null for the prologue. */
export type ProbeContext = Pick<ProcessSpec, 'name' | 'cwd' | 'env' | 'identity'> | null

/** Asks probes. Every asking is answered exactly once, within the probe's timeout, unless it is aborted. */
export interface Prober extends AsyncDisposable {
  ask(probe: Probe, options: { readonly context: ProbeContext; readonly signal: AbortSignal }): Promise<Verdict>
}

export interface Usage {
  /** Per cent of one core since the reading before; at the first since its start. */
  readonly cpu: number
  /** Resident bytes. */
  readonly memory: number
}

/** Resource figures of processes and all their descendants, read when asked and, for `cpu`, over the last interval. */
export interface Sampler {
  /** By main pid. Asked again within the interval it answers from what it has read. */
  sample(pids: readonly number[]): ReadonlyMap<number, Usage>
}

export type { NotifyMessage as Notification, RunRef }
