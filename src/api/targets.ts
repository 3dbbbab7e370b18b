import { listOf } from '../lib/text.ts'
import { refused, type Refusal } from '../wire/refusal.ts'
import { refusalOf, type Answer } from './answer.ts'
import type { Answered } from './control.ts'
import type { Request } from './request.ts'

type Asking = Pick<Request, 'control' | 'asked'>

/** Goes on with the names that the targets in the path stand for, or tells which of them stand for nothing: [AP11]. */
export function withNames(
  { control, asked }: Asking,
  answer: (names: readonly string[]) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const names = namesOf(asked, (target) => control.resolve(target))
  return names.ok ? answer(names.value) : refusalOf(names.failure)
}

/** As `withNames`, for those that are there already: a target may also be what a process file has to offer. */
export function withProcesses(
  asking: Asking,
  answer: (names: readonly string[]) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  return withNames(asking, (names) => {
    const there = new Set(asking.control.views(names).map(({ name }) => name))
    const missing = names.find((name) => !there.has(name))
    if (missing === undefined) return answer(names)
    const hint = `It stands in the process file: \`coppice start ${missing}\` declares it.`
    return refusalOf(refused('unknown-process', `There is no process "${missing}".`, hint).failure)
  })
}

/** What all targets stand for, each once; or, where one stands for nothing, all of those. */
export function namesOf(
  targets: readonly string[],
  resolve: (target: string) => Answered<readonly string[]>,
): Answered<readonly string[]> {
  const found = targets.map((target) => ({ target, resolved: resolve(target) }))
  const [first, ...others] = found.flatMap(({ target, resolved }) =>
    resolved.ok ? [] : [{ target, why: resolved.failure }],
  )
  if (first !== undefined) return { ok: false, failure: together(first, others) }
  return { ok: true, value: [...new Set(found.flatMap(({ resolved }) => (resolved.ok ? resolved.value : [])))] }
}

interface Unknown {
  readonly target: string
  readonly why: Refusal
}

/** One refusal for all: what is of one kind in one sentence, each hint once. */
function together(first: Unknown, others: readonly Unknown[]): Refusal {
  if (others.length === 0) return first.why
  const unknown = [first, ...others]
  const byCode = Map.groupBy(unknown, ({ why }) => why.code)
  const message = [...byCode].map(([code, some]) => sentenceFor(code, some)).join(' ')
  const hints = new Set(unknown.flatMap(({ why }) => why.hint ?? []))
  const refusal = { code: first.why.code, message }
  return hints.size === 0 ? refusal : { ...refusal, hint: [...hints].join(' ') }
}

function sentenceFor(code: Refusal['code'], some: readonly Unknown[]): string {
  const noun = nouns.get(code)
  if (some.length === 1 || noun === undefined) return some.map(({ why }) => why.message).join(' ')
  return `There are no ${noun} ${listOf(some.map(({ target }) => `"${target.replace(/^group:/, '')}"`))}.`
}

const nouns: ReadonlyMap<Refusal['code'], string> = new Map([
  ['unknown-process', 'processes'],
  ['unknown-group', 'groups'],
])
