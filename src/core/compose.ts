import type { Millis } from '../lib/time.ts'
import type { Check, Probe } from './check.ts'

/** What every probe may be given. */
interface Patience {
  /** Milliseconds an attempt may take. */
  readonly timeout?: Millis
}

const defaultTimeout: Millis = 1000

/** Passes when the URL answers with a status from 200 to 299. */
export function http(url: string, options: Patience & { readonly method?: string } = {}): Check {
  return leaf({
    kind: 'http',
    url,
    method: options.method ?? 'GET',
    headers: new Map(),
    status: [{ from: 200, to: 299 }],
    expectHeaders: new Map(),
    expectBody: null,
    timeout: options.timeout ?? defaultTimeout,
  })
}

/** Passes when every port accepts a connection. */
export function tcp(ports: number | readonly number[], options: Patience & { readonly host?: string } = {}): Check {
  return leaf({
    kind: 'tcp',
    host: options.host ?? 'localhost',
    ports: [ports].flat(),
    timeout: options.timeout ?? defaultTimeout,
  })
}

/** Passes when every port can be bound. */
export function portFree(ports: number | readonly number[], options: Patience = {}): Check {
  return leaf({ kind: 'port-free', host: null, ports: [ports].flat(), timeout: options.timeout ?? defaultTimeout })
}

/** Passes when a Redis server answers PING with PONG. */
export function redis(
  options: Patience & {
    readonly host?: string
    readonly port?: number
    readonly username?: string
    readonly password?: string
  } = {},
): Check {
  return leaf({
    kind: 'redis',
    host: options.host ?? 'localhost',
    port: options.port ?? 6379,
    username: options.username ?? null,
    password: options.password ?? null,
    timeout: options.timeout ?? defaultTimeout,
  })
}

/** Passes when a gRPC server says SERVING of `service` (empty: of itself). */
export function grpc(
  port: number,
  options: Patience & { readonly host?: string; readonly service?: string } = {},
): Check {
  const { host = 'localhost', service = '', timeout = defaultTimeout } = options
  return leaf({ kind: 'grpc', host, port, service, timeout })
}

/** Passes when the command exits with 0. */
export function exec(command: readonly [string, ...string[]], options: Patience = {}): Check {
  return leaf({ kind: 'exec', command, timeout: options.timeout ?? defaultTimeout })
}

/** Passes when the path exists. */
export function file(path: string, options: Patience = {}): Check {
  return leaf({ kind: 'file', path, timeout: options.timeout ?? defaultTimeout })
}

/** Passes when the directory exists or could be created, parents too. */
export function dir(path: string, options: Patience & { readonly mode?: number } = {}): Check {
  return leaf({ kind: 'dir', path, mode: options.mode ?? 0o755, timeout: options.timeout ?? defaultTimeout })
}

/** Passes when `of` fails: procmon's FailMonitor. */
export function not(of: Check): Check {
  return { tag: 'not', of }
}

/** Passes when all pass. All are asked at once. */
export function all(...of: readonly Check[]): Check {
  return { tag: 'all', of }
}

/** Passes when one passes. All are asked at once. */
export function any(...of: readonly Check[]): Check {
  return { tag: 'any', of }
}

/** Fails only after more than `retries` failures in a row: procmon's RetryMonitor. */
export function retry(of: Check, retries: number): Check {
  return { tag: 'retries', retries, of }
}

/** Fails when failures come faster than one every `leak` milliseconds for long enough to fill `capacity`: a leaky bucket. */
export function bucket(of: Check, { capacity, leak }: { readonly capacity: number; readonly leak: Millis }): Check {
  return { tag: 'bucket', capacity, leak, of }
}

function leaf(probe: Probe): Check {
  return { tag: 'probe', probe }
}
