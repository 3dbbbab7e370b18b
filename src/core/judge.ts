import { assertNever } from '../lib/assert.ts'
import type { Instant } from '../lib/time.ts'
import { freshMemory, type Check, type CheckMemory, type Verdict } from './check.ts'

/** What an asking found: one verdict for each of `probesOf(check)`, in that order. */
export interface Asked {
  readonly verdicts: readonly Verdict[]
  readonly now: Instant
  /** Nothing is forgiven: `retries` and `bucket` say what their part says. For gates (readiness, prologue), where to
   *  forgive a failure would be to pass. */
  readonly strict?: boolean
}

type Judgement = readonly [Verdict, CheckMemory]

/**
 * Judges a check by the verdicts of its probes. [PB30]–[PB35]
 * @returns the verdict of the whole, and what to remember
 */
export function judge(check: Check, memory: CheckMemory, { verdicts, now, strict = false }: Asked): Judgement {
  return judgeNext(check, memory, { left: verdicts.slice(), now, strict })
}

/** The verdicts that no probe has taken yet, the first in front. */
interface Left {
  readonly left: Verdict[]
  readonly now: Instant
  readonly strict: boolean
}

function judgeNext(check: Check, memory: CheckMemory, asked: Left): Judgement {
  switch (check.tag) {
    case 'probe':
      return [asked.left.shift() ?? { ok: false, detail: 'no answer' }, memory]
    case 'not':
      return judgeNot(check, memory, asked)
    case 'all':
    case 'any':
      return judgeParts(check, memory, asked)
    case 'retries':
      return judgeRetries(check, memory, asked)
    case 'bucket':
      return judgeBucket(check, memory, asked)
    default:
      return assertNever(check)
  }
}

type Composed<Tag extends Check['tag']> = Extract<Check, { readonly tag: Tag }>

function judgeNot(check: Composed<'not'>, memory: CheckMemory, asked: Left): Judgement {
  const [part, next] = judgeNext(check.of, memory, asked)
  return [{ ok: !part.ok, detail: part.ok ? `passed, and should not: ${part.detail}` : part.detail }, next]
}

function judgeParts(check: Composed<'all' | 'any'>, memory: CheckMemory, asked: Left): Judgement {
  const before = memory.tag === 'parts' ? memory.parts : []
  const parts = check.of.map((part, i) => judgeNext(part, before[i] ?? freshMemory(part), asked))
  const verdicts = parts.map(([verdict]) => verdict)
  return [combine(check.tag, verdicts), { tag: 'parts', parts: parts.map(([, next]) => next) }]
}

// The parts that decided it do the talking: those that failed `all`, those that saved `any`; else every one.
function combine(tag: 'all' | 'any', verdicts: readonly Verdict[]): Verdict {
  const deciding = verdicts.filter((verdict) => verdict.ok === (tag === 'any'))
  const ok = tag === 'all' ? deciding.length === 0 : deciding.length > 0
  const shown = deciding.length > 0 ? deciding : verdicts
  return { ok, detail: shown.map((verdict) => verdict.detail).join('; ') }
}

function judgeRetries(check: Composed<'retries'>, memory: CheckMemory, asked: Left): Judgement {
  const before = memory.tag === 'misses' ? memory : { misses: 0, part: freshMemory(check.of) }
  const [part, next] = judgeNext(check.of, before.part, asked)
  const misses = part.ok ? 0 : before.misses + 1
  const forgiven = misses <= check.retries && !asked.strict
  return [part.ok ? part : countMisses(part, { misses, forgiven }), { tag: 'misses', misses, part: next }]
}

function countMisses({ detail }: Verdict, { misses, forgiven }: { misses: number; forgiven: boolean }): Verdict {
  if (forgiven) return { ok: true, detail: `${detail}, forgiven (${misses})` }
  return { ok: false, detail: misses < 2 ? detail : `${detail}, ${misses} times in a row` }
}

function judgeBucket(check: Composed<'bucket'>, memory: CheckMemory, asked: Left): Judgement {
  const before = memory.tag === 'level' ? memory : { level: 0, at: asked.now, part: freshMemory(check.of) }
  const [part, next] = judgeNext(check.of, before.part, asked)
  const left = Math.max(0, before.level - (asked.now - before.at) / check.leak)
  // What spills over is lost: a long outage must not be held against a process for ever.
  const level = Math.min(left + (part.ok ? 0 : 1), check.capacity + 1)
  const verdict = asked.strict || level <= check.capacity ? tolerate(part, asked) : overflow(part)
  return [verdict, { tag: 'level', level, at: asked.now, part: next }]
}

function tolerate({ ok, detail }: Verdict, { strict }: Left): Verdict {
  return { ok: ok || !strict, detail }
}

function overflow({ ok, detail }: Verdict): Verdict {
  return { ok: false, detail: ok ? `${detail}, but too many failures lately` : `too many failures: ${detail}` }
}
