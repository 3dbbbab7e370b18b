import type { Exit } from '../../src/core/exit.ts'
import type { Millis } from '../../src/lib/time.ts'
import type { Notification } from '../../src/system/ports.ts'

/** From when to when, in the age of a run. */
export type Span = readonly [from: Millis, to: Millis]

/**
 * What a program does with its life. Who has no habits is ready and healthy at once, runs for ever, obeys within 5 ms,
 * dies of SIGKILL at once and leaves nothing behind.
 */
export interface Habit extends Manners {
  /** It cannot be spawned, for this reason: `ENOENT`. */
  readonly spawnFails?: string
  /** It ends by itself. */
  readonly ends?: { readonly after: Millis; readonly exit: Exit }
  /** Its readiness check passes, or it says that it is ready, only after so long. */
  readonly readyAfter?: Millis | 'never'
  /** When its readiness check fails though it has passed before. */
  readonly unready?: readonly Span[]
  /** When its monitors fail. */
  readonly sick?: readonly Span[]
  /** How long a probe waits for an answer. */
  readonly answersAfter?: Millis
  /** From when on it no longer says WATCHDOG=1. */
  readonly silentFrom?: Millis
  readonly says?: readonly { readonly after: Millis; readonly message: Notification }[]
  /** Descendants that it starts and does not take with it. */
  readonly children?: readonly Manners[]
}

/** How a process takes being told to go. */
export interface Manners {
  /** How long after a stop signal it ends. */
  readonly obeysAfter?: Millis | 'never'
  /** How long after SIGKILL it ends: a process in an uninterruptible sleep takes its time. */
  readonly diesAfter?: Millis
  /** It has left the process group: only a signal to everything reaches it. */
  readonly escaped?: boolean
}

export function exitsWith(code: number, { after = 0 }: { after?: Millis } = {}): Habit {
  return { ends: { after, exit: { tag: 'code', code } } }
}

export function diesBy(signal: string, { after = 0 }: { after?: Millis } = {}): Habit {
  return { ends: { after, exit: { tag: 'signal', signal } } }
}

/** It takes no notice of its stop signal. */
export const ignoresTerm: Habit = { obeysAfter: 'never' }
