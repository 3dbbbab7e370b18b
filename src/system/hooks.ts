import type { HookAction, ProcessSpec } from '../core/spec.ts'
import type { Instant, Millis } from '../lib/time.ts'

export interface HookOrder {
  readonly action: HookAction
  /** JSON. */
  readonly event: string
  /** Whose directory, environment and identity a command gets; null: coppice's own. */
  readonly context: Pick<ProcessSpec, 'cwd' | 'env' | 'identity'> | null
  /** Added to its environment. */
  readonly variables: Readonly<Record<string, string>>
  readonly timeout: Millis
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface HookOutcome {
  /** What went wrong, as it follows the name of the hook; null: nothing. */
  readonly failed: string | null
  /** The beginning of what it wrote, or was answered. */
  readonly output: string
}

/** Runs hooks on this host. */
export interface Hooks extends Disposable {
  /** It is over when nothing of it is left. Never throws, and never longer than its timeout and some seconds. */
  run(order: HookOrder): Promise<HookOutcome>
  now(): Instant
  /** Calls `act` after so long, unless it is disposed of before. */
  later(after: Millis, act: () => void): Disposable
}
