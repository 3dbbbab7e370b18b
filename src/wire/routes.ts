import type { ProcessView } from './process.ts'

export const verbs = ['start', 'stop', 'restart'] as const

export type Verb = (typeof verbs)[number]

/**
 * Everything one can ask. `{names}` stands for one name or id, or several parted by commas, percent-encoded; a comma is
 * part of no name.
 */
export const endpoints = [
  { id: 'supervisor', method: 'GET', path: '/v1/supervisor' },
  { id: 'list', method: 'GET', path: '/v1/processes' },
  { id: 'describe', method: 'GET', path: '/v1/processes/{names}' },
  { id: 'why', method: 'GET', path: '/v1/processes/{names}/why' },
  { id: 'start', method: 'POST', path: '/v1/processes/{names}/start' },
  { id: 'stop', method: 'POST', path: '/v1/processes/{names}/stop' },
  { id: 'restart', method: 'POST', path: '/v1/processes/{names}/restart' },
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
}

/** Answer of a request that acts: the processes it acted on, and how it went. */
export interface ActAnswer {
  /** `accepted`: the wish is recorded and nobody waited for it. */
  readonly outcome: 'done' | 'failed' | 'timeout' | 'accepted'
  readonly processes: readonly ProcessView[]
}

export interface SupervisorView {
  readonly version: string
  readonly pid: number
  /** `up` or `daemon`. */
  readonly mode: string
  readonly file: string | null
  readonly started_at: string
}

/** Every error of the API. */
export interface ErrorAnswer {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint?: string }
}

export type ErrorCode =
  'unknown-process' | 'bad-request' | 'not-found' | 'wrong-method' | 'too-large' | 'shutting-down' | 'internal'
