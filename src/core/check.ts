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

/** What an asking found: one verdict for each of `probesOf(check)`, in that order. */
export interface Asked {
  readonly verdicts: readonly Verdict[]
  readonly now: Instant
  /** Nothing is forgiven: `retries` and `bucket` say what their part says. For gates (readiness, prologue), where to
   *  forgive a failure would be to pass. */
  readonly strict?: boolean
}

/**
 * Judges a check by the verdicts of its probes.
 * @returns the verdict of the whole, and what to remember
 */
export function judge(check: Check, memory: CheckMemory, asked: Asked): readonly [Verdict, CheckMemory] {
  return judgeNext(check, memory, { left: asked.verdicts.slice(), now: asked.now, strict: asked.strict === true })
}

interface Left {
  readonly left: Verdict[]
  readonly now: Instant
  readonly strict: boolean
}

function judgeNext(check: Check, memory: CheckMemory, asked: Left): readonly [Verdict, CheckMemory] {
  switch (check.tag) {
    case 'probe':
      return [asked.left.shift() ?? { ok: false, detail: 'no answer' }, memory]
    case 'not': {
      const [part, next] = judgeNext(check.of, memory, asked)
      return [{ ok: !part.ok, detail: part.ok ? `passed, and should not: ${part.detail}` : part.detail }, next]
    }
    case 'all':
    case 'any': {
      const parts = check.of.map((part, i) =>
        judgeNext(part, memory.tag === 'parts' ? (memory.parts[i] ?? none) : none, asked),
      )
      const next: CheckMemory = { tag: 'parts', parts: parts.map(([, part]) => part) }
      return [
        combine(
          check.tag,
          parts.map(([verdict]) => verdict),
        ),
        next,
      ]
    }
    case 'retries': {
      const before = memory.tag === 'misses' ? memory : { misses: 0, part: freshMemory(check.of) }
      const [part, next] = judgeNext(check.of, before.part, asked)
      const misses = part.ok ? 0 : before.misses + 1
      const verdict =
        part.ok || asked.strict || misses > check.retries ? withCount(part, misses) : forgiven(part, misses)
      return [verdict, { tag: 'misses', misses, part: next }]
    }
    case 'bucket': {
      const before = memory.tag === 'level' ? memory : { level: 0, at: asked.now, part: freshMemory(check.of) }
      const [part, next] = judgeNext(check.of, before.part, asked)
      const leaked = Math.max(0, before.level - (asked.now - before.at) / check.leak)
      const level = leaked + (part.ok ? 0 : 1)
      const verdict =
        level > check.capacity
          ? { ok: false, detail: `too many failures: ${part.detail}` }
          : { ok: true, detail: part.detail }
      return [verdict, { tag: 'level', level, at: asked.now, part: next }]
    }
    default:
      return assertNever(check)
  }
}

const none: CheckMemory = { tag: 'none' }

function combine(tag: 'all' | 'any', verdicts: readonly Verdict[]): Verdict {
  const telling = verdicts.filter((verdict) => verdict.ok === (tag === 'any'))
  const ok = tag === 'all' ? telling.length === 0 : telling.length > 0
  const shown = telling.length > 0 ? telling : verdicts
  return { ok, detail: shown.map((verdict) => verdict.detail).join('; ') }
}

function withCount(verdict: Verdict, misses: number): Verdict {
  return misses < 2 ? verdict : { ok: verdict.ok, detail: `${verdict.detail}, ${misses} times in a row` }
}

function forgiven(verdict: Verdict, misses: number): Verdict {
  return { ok: true, detail: `${verdict.detail}, forgiven (${misses})` }
}
