import type { SignalName } from '../lib/signals.ts'
import type { Probe } from './check.ts'
import type { ProbeToken } from './events.ts'
import type { ProcessSpec } from './spec.ts'

/** One incarnation of one process: `run` counts from 1 and is never used twice for a process. */
export interface RunRef {
  readonly process: number
  readonly run: number
}

/** What the shell is to do. Data: one switch in `daemon/obey.ts` obeys it. */
export type Effect =
  | { readonly tag: 'spawn'; readonly ref: RunRef; readonly spec: ProcessSpec }
  | {
      readonly tag: 'signal'
      readonly ref: RunRef
      readonly signal: SignalName
      readonly scope: 'group' | 'main' | 'everything'
    }
  /** What is left of this run is not ours to end (kill mode `process`). */
  | { readonly tag: 'release'; readonly ref: RunRef }
  /** Ask these probes at once and answer with one verdict for each. `spec` is null for the prologue. */
  | {
      readonly tag: 'ask'
      readonly token: ProbeToken
      readonly probes: readonly Probe[]
      readonly spec: ProcessSpec | null
    }
  /** Nobody waits any more for the verdicts of this run. */
  | { readonly tag: 'hush'; readonly ref: RunRef }
  /** The run of the supervisor is over. */
  | { readonly tag: 'end'; readonly code: number }
