import type { OneOrMany, ProcessView, WhyView } from '../wire/process.ts'
import type { ActAnswer, SupervisorView } from '../wire/routes.ts'

// Each looks at what tells an answer from another's, and trusts the rest: a supervisor of another version may know
// fields that we do not, and words that we do not. Plain comparisons, because `ls` makes them cold, once for each process.

type Guard<T> = (value: unknown) => value is T

/** An object of which nothing is known but which fields it should have. */
type Unproven<T> = { readonly [Key in keyof T]?: unknown }

export function isProcess(value: unknown): value is ProcessView {
  if (!isObject<ProcessView>(value)) return false
  const { id, name, status, reason, updated_at } = value
  return isNumber(id) && isText(name) && isText(status) && isText(reason) && isText(updated_at)
}

export function isWhy(value: unknown): value is WhyView {
  return isObject<WhyView>(value) && isText(value.name) && isText(value.status) && Array.isArray(value.links)
}

export function isSupervisor(value: unknown): value is SupervisorView {
  return isObject<SupervisorView>(value) && isText(value.version) && isNumber(value.pid) && isText(value.mode)
}

const outcomes: readonly unknown[] = ['done', 'failed', 'timeout', 'accepted'] satisfies ActAnswer['outcome'][]

export function isActAnswer(value: unknown): value is ActAnswer {
  return isObject<ActAnswer>(value) && outcomes.includes(value.outcome) && listOf(isProcess)(value.processes)
}

export function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((one) => guard(one))
}

export function oneOrMany<T>(guard: Guard<T>): Guard<OneOrMany<T>> {
  return (value): value is OneOrMany<T> => guard(value) || listOf(guard)(value)
}

function isObject<T>(value: unknown): value is Unproven<T> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
