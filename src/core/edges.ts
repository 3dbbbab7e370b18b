import { describeExit } from './exit.ts'
import type { Process } from './process.ts'
import type { Edge } from './spec.ts'

/** Whether what this edge asks of the other process is true now. [TR2] */
export function isMet({ spec, state, exit }: Process, { condition }: Edge): boolean {
  switch (condition) {
    case 'started':
      return state.tag === 'starting' || state.tag === 'running' || (spec.oneshot && state.tag === 'completed')
    case 'ready':
      return spec.oneshot ? state.tag === 'completed' : state.tag === 'running' && state.isReady
    case 'completed':
      return state.tag === 'completed' || (state.tag === 'failed' && exit !== null && state.retryAt === Infinity)
    case 'completed_successfully':
      return state.tag === 'completed'
  }
}

/** Whether nothing but an operator can make it true. [TR7] */
export function isHopeless({ state, jobs }: Process, { condition }: Edge): boolean {
  switch (state.tag) {
    case 'stopped':
      return jobs.length === 0
    case 'failed':
      return state.retryAt === Infinity
    case 'completed':
      return condition === 'ready' || condition === 'started'
    case 'waiting':
      return state.hopeless
    case 'preparing':
    case 'spawning':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'delayed':
    case 'backoff':
    case 'stuck':
      return false
  }
}

/** Whether this edge takes its process down with the other one. */
export function binds(edge: Edge): boolean {
  return edge.onExit !== 'ignore' && (edge.condition === 'ready' || edge.condition === 'started')
}

/** Where a process is, in the words of a sentence about somebody who waits for it. */
export function describeState({ state, spec, exit }: Process): string {
  switch (state.tag) {
    case 'stopped':
      return 'stopped'
    case 'waiting':
      return state.hopeless ? 'blocked' : 'waiting itself'
    case 'preparing':
    case 'spawning':
      return 'about to start'
    case 'starting':
      return state.ready?.last ? `not ready: ${state.ready.last}` : 'not ready yet'
    case 'running':
      return spec.oneshot
        ? 'still running'
        : state.isReady
          ? 'ready'
          : `not ready${state.ready?.last ? `: ${state.ready.last}` : ''}`
    case 'stopping':
      return 'going down'
    case 'delayed':
      return 'waiting to be restarted'
    case 'backoff':
      return 'at rest, for it died again and again'
    case 'failed':
      return 'failed'
    case 'completed':
      return exit === null ? 'completed' : `over: it ${describeExit(exit)}`
    case 'stuck':
      return 'stuck: it survived SIGKILL'
  }
}
