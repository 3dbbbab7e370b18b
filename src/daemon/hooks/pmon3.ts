import { hookEventsOf, isReplacement } from '../../core/hook-events.ts'
import type { Process } from '../../core/process.ts'
import type { Transition } from '../../core/transitions.ts'
import { never } from '../../lib/time.ts'
import type { DaemonSettings } from '../../config/daemon-settings.ts'

/** An event of pmon3 that has a hook. */
export interface TheirEvent {
  readonly event: 'restart' | 'failure' | 'backoff'
  /** What is configured for it. */
  readonly line: string
  /** pmon3's number of the status, as pmon3 itself sends it: that of before, but for a backoff. */
  readonly status: number
}

/** What a transition is to pmon3's hooks. Restarts that somebody asked for are none. [HK5] */
export function theirEventsOf(transition: Transition, hooks: DaemonSettings['hooks']): TheirEvent[] {
  const { from, process } = transition
  const events = hookEventsOf(transition)
  const found: readonly (readonly [TheirEvent['event'], string | null, boolean, number])[] = [
    ['failure', hooks.processFailure, events.includes('failure') && hasGivenUp(process), 2],
    ['backoff', hooks.processBackoff, events.includes('backoff'), 6],
    ['restart', hooks.processRestart, isReplacement(transition), from === 'running' ? 2 : 4],
  ]
  return found.flatMap(([event, line, happened, status]) =>
    happened && line !== null ? [{ event, line, status }] : [],
  )
}

function hasGivenUp({ state }: Process): boolean {
  return state.tag === 'failed' && state.retryAt === never
}
