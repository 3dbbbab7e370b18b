import type { Process } from './process.ts'

/** The public words (design.md 2). The same list stands in `wire/process.ts`, which may not be imported here. */
export type Status =
  | 'queued'
  | 'init'
  | 'running'
  | 'stopped'
  | 'failed'
  | 'closed'
  | 'backoff'
  | 'restarting'
  | 'completed'
  | 'blocked'
  | 'stuck'

/** The public word for want and state. */
export function status(process: Process): Status {
  const { state } = process
  switch (state.tag) {
    case 'stopped':
      return 'stopped'
    case 'waiting':
      return state.hopeless ? 'blocked' : 'queued'
    case 'preparing':
    case 'spawning':
    case 'starting':
      return 'init'
    case 'running':
      return 'running'
    case 'stopping':
      return isBeingReplaced(process) ? 'restarting' : 'running'
    case 'delayed':
      return 'restarting'
    case 'failed':
      return 'failed'
    case 'completed':
      return 'completed'
    case 'stuck':
      return 'stuck'
  }
}

/** Whether it goes down only to come back. */
function isBeingReplaced({ want, state, spec }: Process): boolean {
  const { tag } = state.reason
  const failed = tag === 'start-timeout' || tag === 'check-failed' || tag === 'watchdog-silent' || tag === 'exited'
  return want.up && tag !== 'shutdown' && !(failed && spec.restart === 'no')
}
