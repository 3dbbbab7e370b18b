import type { Entry } from './entry.ts'
import type { ProcessView } from './process.ts'

/** What can be asked for processes. `delete` stops and forgets them; `reset` sets their restart counters to 0. */
export const verbs = ['start', 'stop', 'restart', 'delete', 'reset'] as const

export type Verb = (typeof verbs)[number]

/**
 * Everything one can ask. `{names}` stands for one target or several parted by commas, percent-encoded; a comma is part
 * of no name. A target of `/v1/processes/…` is a name, an id, the name that several instances share, `group:NAME`, or `*`
 * for all; a target of `/v1/groups/…` is the name or the id of a group.
 */
export const endpoints = [
  { id: 'supervisor', method: 'GET', path: '/v1/supervisor' },
  { id: 'reload-binary', method: 'POST', path: '/v1/supervisor/reload-binary' },
  { id: 'list', method: 'GET', path: '/v1/processes' },
  { id: 'describe', method: 'GET', path: '/v1/processes/{names}' },
  { id: 'why', method: 'GET', path: '/v1/processes/{names}/why' },
  { id: 'start', method: 'POST', path: '/v1/processes/{names}/start' },
  { id: 'stop', method: 'POST', path: '/v1/processes/{names}/stop' },
  { id: 'restart', method: 'POST', path: '/v1/processes/{names}/restart' },
  { id: 'delete', method: 'POST', path: '/v1/processes/{names}/delete' },
  { id: 'reset', method: 'POST', path: '/v1/processes/{names}/reset' },
  { id: 'wait', method: 'POST', path: '/v1/wait' },
  { id: 'exec', method: 'POST', path: '/v1/processes' },
  { id: 'log', method: 'GET', path: '/v1/processes/{names}/log' },
  { id: 'init', method: 'POST', path: '/v1/init' },
  { id: 'apply', method: 'POST', path: '/v1/apply' },
  { id: 'graph', method: 'GET', path: '/v1/graph' },
  { id: 'export', method: 'GET', path: '/v1/export' },
  { id: 'config', method: 'GET', path: '/v1/config' },
  { id: 'reload', method: 'POST', path: '/v1/reload' },
  { id: 'groups', method: 'GET', path: '/v1/groups' },
  { id: 'group-create', method: 'POST', path: '/v1/groups' },
  { id: 'group-describe', method: 'GET', path: '/v1/groups/{names}' },
  { id: 'group-delete', method: 'POST', path: '/v1/groups/{names}/delete' },
  { id: 'group-assign', method: 'POST', path: '/v1/groups/{names}/assign' },
  { id: 'group-remove', method: 'POST', path: '/v1/groups/{names}/remove' },
  { id: 'events', method: 'GET', path: '/v1/events' },
  { id: 'stopping', method: 'GET', path: '/v1/stopping' },
  { id: 'metrics', method: 'GET', path: '/metrics' },
  { id: 'openapi', method: 'GET', path: '/v1/openapi.json' },
] as const satisfies readonly { id: string; method: 'GET' | 'POST'; path: string }[]

export type Endpoint = (typeof endpoints)[number]

export type EndpointId = Endpoint['id']

/** The method and path of an endpoint, for these names where it takes some. */
export function addressOf(
  id: EndpointId,
  names: readonly string[] = [],
): { readonly method: string; readonly path: string } {
  const endpoint = endpoints.find((one) => one.id === id)
  if (endpoint === undefined) throw new Error(`no endpoint ${id}`)
  return {
    method: endpoint.method,
    path: endpoint.path.replace('{names}', () => names.map(encodeURIComponent).join(',')),
  }
}

/** Body of a request that acts. All optional. */
export interface ActRequest {
  /** SIGKILL at once (stop, restart). */
  readonly force?: boolean
  /** Answer only when it runs (is ready, where it has a readiness check), or is gone. Default true. */
  readonly wait?: boolean
  /** Milliseconds to wait at most; default: as long as it takes. */
  readonly timeout?: number
  /** What changes in the declaration before it starts (start, restart of a daemon's processes). */
  readonly changes?: Entry
  /** Where relative paths in `changes` begin. */
  readonly cwd?: string
  /** So many at a time, each batch only when the one before has come up (restart). */
  readonly rolling?: number
}

/** Answer of a request that acts: the processes it acted on, and how it went. */
export interface ActAnswer {
  /** `accepted`: the wish is recorded and nobody waited for it. */
  readonly outcome: 'done' | 'failed' | 'timeout' | 'accepted'
  /** As they are now; what was deleted as it was, but `stopped`. */
  readonly processes: readonly ProcessView[]
  /** Those whose turn did not come, because a batch before theirs did not come up (`rolling`). */
  readonly left?: readonly string[]
}

export interface SupervisorView {
  readonly version: string
  readonly pid: number
  /** `up`, `daemon` or `library`. */
  readonly mode: string
  /** The file of an `up`, the process file of a daemon. */
  readonly file: string | null
  readonly started_at: string
  /** How often its program was replaced in place since then. */
  readonly replaced?: number
  /** What an operator should know of, a sentence each: an invalid process file, a store that cannot be written. */
  readonly alarms?: readonly string[]
}

/** Every error of the API. */
export interface ErrorAnswer {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint?: string }
}

export type ErrorCode =
  | 'unknown-process'
  | 'unknown-group'
  | 'bad-request'
  /** The declaration of a process, or a process file, has problems; the message has a line for each. */
  | 'bad-config'
  /** What is to be made is there already. */
  | 'exists'
  /** Who asked may not have that: processes as another user, for one. */
  | 'forbidden'
  /** This supervisor cannot: an `up` runs the processes of its file. */
  | 'not-here'
  /** The wish could not be recorded; nothing was done. */
  | 'store-failed'
  | 'no-log'
  | 'not-found'
  | 'wrong-method'
  | 'too-large'
  | 'shutting-down'
  /** Another program takes the supervisor's place just now, and will answer at once; see `wire/replace.ts`. */
  | 'replaced'
  /** The supervisor's program was not replaced; it goes on as before. */
  | 'not-replaced'
  | 'internal'
