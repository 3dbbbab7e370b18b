import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { isRestarted } from './restart-policy.ts'
import type { Edge } from './spec.ts'

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
    case 'backoff':
      return 'backoff'
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
  const { reason } = state
  if (!want.up || forGood.has(reason.tag)) return false
  if (reason.tag === 'dependency-went-down') return returns(spec.edges, reason.dependency)
  const exit = state.tag === 'stopping' ? state.exit : null
  return !ownFaults.has(reason.tag) || isRestarted(spec, { cause: reason, exit })
}

/** What goes down with a dependency comes back with it, but for `on_exit: stop`. */
function returns(edges: readonly Edge[], dependency: string): boolean {
  return !edges.some((edge) => edge.to === dependency && edge.onExit === 'stop')
}

/** What is taken down for one of these does not come back by itself. */
const forGood: ReadonlySet<Reason['tag']> = new Set([
  'shutdown',
  'significant-exit',
  'limit-exit',
  'nothing-left-to-run',
  'prologue-failed',
  'budget-spent',
  'tree-stopped',
])

const ownFaults: ReadonlySet<Reason['tag']> = new Set([
  'start-timeout',
  'check-failed',
  'watchdog-silent',
  'failed-below',
  'exited',
])
