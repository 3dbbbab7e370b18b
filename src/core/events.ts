import type { SignalName } from '../lib/signals.ts'
import type { Instant } from '../lib/time.ts'
import type { Verdict } from './check.ts'
import type { Exit } from './exit.ts'
import type { Actor } from './reason.ts'
import type { ProcessSpec } from './spec.ts'
import type { Policies } from './world.ts'

/** Which asking a verdict belongs to. `slot` is `ready`, or the index of a monitor. */
export interface ProbeToken {
  /** 0 for the prologue. */
  readonly process: number
  readonly run: number
  readonly slot: 'ready' | number
  readonly attempt: number
}

/** A process that got SIGKILL. */
export interface Casualty {
  readonly pid: number
  readonly command: string
}

/** Which member of which group was asked to stop, whose members are stopped together. */
export interface Together {
  readonly group: string
  readonly process: string
}

/** What happens to one process. Every state handles every one of these. */
export type ProcessEvent =
  | { readonly tag: 'start'; readonly by: Actor }
  | { readonly tag: 'stop'; readonly by: Actor; readonly force: boolean; readonly together?: Together }
  | { readonly tag: 'restart'; readonly by: Actor; readonly force: boolean }
  | { readonly tag: 'reset' }
  /** Stop it, and when nothing of it is left, forget it: its name and its id are free again. */
  | { readonly tag: 'delete'; readonly by: Actor; readonly force: boolean }
  | {
      readonly tag: 'spawned'
      readonly run: number
      readonly pid: number
      readonly startTime: number
      /** A supervisor before this one has spawned it and did not come to record that; it was found by its marker. */
      readonly takenBack?: boolean
    }
  | { readonly tag: 'spawn-failed'; readonly run: number; readonly code: string; readonly text: string }
  | {
      readonly tag: 'exited'
      readonly run: number
      readonly exit: Exit
      readonly left: number
      /** Who got SIGKILL together with it, where nothing is left and no `gone` will tell. */
      readonly killed?: readonly Casualty[]
    }
  | { readonly tag: 'gone'; readonly run: number; readonly killed: readonly Casualty[] }
  | { readonly tag: 'notified'; readonly run: number; readonly message: NotifyMessage }
  | { readonly tag: 'probed'; readonly run: number; readonly token: ProbeToken; readonly verdicts: readonly Verdict[] }
  | { readonly tag: 'deadline' }

export type NotifyMessage =
  | { readonly tag: 'ready' }
  | { readonly tag: 'stopping' }
  | { readonly tag: 'watchdog' }
  | { readonly tag: 'status'; readonly text: string }
  | { readonly tag: 'main-pid'; readonly pid: number }

/** A process as it is declared from now on: a new one, or what replaces the spec of a known one. */
export interface Declaration {
  readonly spec: ProcessSpec
  /** What is wanted of it; absent: of a known one what is wanted now, of a new one what its `autostart` says. */
  readonly want?: 'up' | 'down'
}

/** Everything the core can be told. */
export type Event =
  /**
   * Declares processes. New ones get the ids after the highest there is. A known one goes on under the new spec without
   * being restarted: what only a new run can take over counts from the next one on.
   */
  | { readonly tag: 'declare'; readonly declarations: readonly Declaration[]; readonly by: Actor }
  /** From now on these hold. */
  | { readonly tag: 'policies'; readonly policies: Policies }
  /** Begin: the prologue, then the tree. */
  | { readonly tag: 'begin'; readonly by: Actor }
  | { readonly tag: 'process'; readonly process: number; readonly event: ProcessEvent }
  | { readonly tag: 'prologue-probed'; readonly token: ProbeToken; readonly verdicts: readonly Verdict[] }
  /** A signal to the supervisor itself. */
  | { readonly tag: 'host-signal'; readonly signal: SignalName }
  /** The calendar says that a process with a cron schedule is due. */
  | { readonly tag: 'due'; readonly process: number }
  | { readonly tag: 'shutdown'; readonly by: Actor; readonly force: boolean }
  | { readonly tag: 'tick' }

/** An event, when it happened, and a number in [0, 1) for whatever is left to chance. */
export interface Input {
  readonly at: Instant
  readonly dice: number
  readonly event: Event
}
