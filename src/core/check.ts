import type { Instant, Millis } from '../lib/time.ts'
import { assertNever } from '../lib/assert.ts'

/** One question to the outside world. Each attempt ends in one verdict, within its timeout. */
export type Probe =
  | {
      readonly kind: 'http'
      readonly url: string
      readonly method: string
      readonly headers: ReadonlyMap<string, string>
      /** Inclusive ranges of acceptable status codes. */
      readonly status: readonly { readonly from: number; readonly to: number }[]
      /** Header → regular expression its value must match. */
      readonly expectHeaders: ReadonlyMap<string, string>
      /** A regular expression the body must match; null: any body. */
      readonly expectBody: string | null
      readonly timeout: Millis
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly ports: readonly number[]; readonly timeout: Millis }
  | {
      readonly kind: 'port-free'
      readonly host: string | null
      readonly ports: readonly number[]
      readonly timeout: Millis
    }
  | {
      readonly kind: 'redis'
      readonly host: string
      readonly port: number
      readonly username: string | null
      readonly password: string | null
      readonly timeout: Millis
    }
  | {
      readonly kind: 'grpc'
      readonly host: string
      readonly port: number
      readonly service: string
      readonly timeout: Millis
    }
  /** Passes when the command exits 0. It runs with the environment and directory of its process. */
  | { readonly kind: 'exec'; readonly command: readonly [string, ...string[]]; readonly timeout: Millis }
  /** Passes when the path exists. */
  | { readonly kind: 'file'; readonly path: string; readonly timeout: Millis }
  /** Passes when the directory exists or could be created with `mode`, parents too. */
  | { readonly kind: 'dir'; readonly path: string; readonly mode: number; readonly timeout: Millis }
  /** A function of a program that uses coppice as a library, registered under this id. */
  | { readonly kind: 'custom'; readonly id: string; readonly timeout: Millis }

/** Probes composed. A leaf asks; the others judge what their parts said. */
export type Check =
  | { readonly tag: 'probe'; readonly probe: Probe }
  /** Passes when its part fails (procmon's FailMonitor). */
  | { readonly tag: 'not'; readonly of: Check }
  | { readonly tag: 'all'; readonly of: readonly Check[] }
  | { readonly tag: 'any'; readonly of: readonly Check[] }
  /** Fails only after more than `retries` failures in a row; one success resets it (procmon's RetryMonitor). */
  | { readonly tag: 'retries'; readonly retries: number; readonly of: Check }
  /** A leaky bucket: each failure adds one drop, one drop leaks every `leak`; fails when it holds more than `capacity`. */
  | { readonly tag: 'bucket'; readonly capacity: number; readonly leak: Millis; readonly of: Check }

/** What one asking found. `detail` is for a person: `HTTP 503`, `connection refused`. */
export interface Verdict {
  readonly ok: boolean
  readonly detail: string
}

/** What a check remembers from one asking to the next; shaped like the check itself. */
export type CheckMemory =
  | { readonly tag: 'none' }
  | { readonly tag: 'parts'; readonly parts: readonly CheckMemory[] }
  | { readonly tag: 'misses'; readonly misses: number; readonly part: CheckMemory }
  | { readonly tag: 'level'; readonly level: number; readonly at: Instant; readonly part: CheckMemory }

/** The probes of a check, in the order in which `judge` expects their verdicts. */
export function probesOf(check: Check): readonly Probe[] {
  switch (check.tag) {
    case 'probe':
      return [check.probe]
    case 'not':
    case 'retries':
    case 'bucket':
      return probesOf(check.of)
    case 'all':
    case 'any':
      return check.of.flatMap(probesOf)
    default:
      return assertNever(check)
  }
}

/** The memory of a check that was never asked. */
export function freshMemory(check: Check): CheckMemory {
  switch (check.tag) {
    case 'probe':
      return { tag: 'none' }
    case 'not':
      return freshMemory(check.of)
    case 'all':
    case 'any':
      return { tag: 'parts', parts: check.of.map(freshMemory) }
    case 'retries':
      return { tag: 'misses', misses: 0, part: freshMemory(check.of) }
    case 'bucket':
      return { tag: 'level', level: 0, at: 0, part: freshMemory(check.of) }
    default:
      return assertNever(check)
  }
}
