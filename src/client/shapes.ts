import type {
  ApplyAnswer,
  ApplyPlan,
  ConfigView,
  DeclareAnswer,
  EventView,
  ExportView,
  GraphView,
  GroupView,
} from '../wire/declare.ts'
import type { DescriptionView, OneOrMany, ProcessView, StoppingView, WhyView } from '../wire/process.ts'
import type { Interruption, ReplaceAnswer, WaitRequest } from '../wire/replace.ts'
import type { ActAnswer, SupervisorView } from '../wire/routes.ts'

// Each looks at what tells an answer from another's, and at what is read of it without a second look, and trusts the
// rest: a supervisor of another version may know fields that we do not, and words that we do not. Plain comparisons,
// because `ls` makes them cold, once for each process.

type Guard<T> = (value: unknown) => value is T

/** An object of which nothing is known but which fields it should have. */
type Unproven<T> = { readonly [Key in keyof T]?: unknown }

export function isProcess(value: unknown): value is ProcessView {
  if (!isObject<ProcessView>(value)) return false
  const { id, name, status, reason, updated_at } = value
  return isNumber(id) && isText(name) && isText(status) && isText(reason) && isText(updated_at)
}

export const isProcesses = listOf(isProcess)

export function isDescription(value: unknown): value is DescriptionView {
  return isProcess(value) && 'env' in value && typeof value.env === 'object'
}

export function isWhy(value: unknown): value is WhyView {
  return isObject<WhyView>(value) && isText(value.name) && isText(value.status) && Array.isArray(value.links)
}

export function isStopping(value: unknown): value is StoppingView {
  return isObject<StoppingView>(value) && isList(value.sentences, isText) && Array.isArray(value.processes)
}

export function isSupervisor(value: unknown): value is SupervisorView {
  return isObject<SupervisorView>(value) && isText(value.version) && isNumber(value.pid) && isText(value.mode)
}

export function isReplaceAnswer(value: unknown): value is ReplaceAnswer {
  return isObject<ReplaceAnswer>(value) && isText(value.version) && isText(value.from) && isNumber(value.pid)
}

export function isInterruption(
  value: unknown,
): value is { readonly resume: WaitRequest; readonly answer: Partial<ActAnswer> } {
  if (!isObject<Interruption>(value) || !isObject<WaitRequest>(value.resume)) return false
  if (!Array.isArray(value.resume.begun) || !isObject<Partial<ActAnswer>>(value.answer)) return false
  return isList(value.answer.processes, isProcess)
}

const outcomes: readonly unknown[] = ['done', 'failed', 'timeout', 'accepted'] satisfies ActAnswer['outcome'][]

export function isActAnswer(value: unknown): value is ActAnswer {
  return isObject<ActAnswer>(value) && outcomes.includes(value.outcome) && isList(value.processes, isProcess)
}

export function isDeclareAnswer(value: unknown): value is DeclareAnswer {
  return isActAnswer(value) && 'warnings' in value && isList(value.warnings, isText)
}

export function isApplyAnswer(value: unknown): value is ApplyAnswer {
  if (!isObject<ApplyAnswer>(value)) return false
  const { outcome, plan, processes, warnings } = value
  if (outcome !== 'planned' && !outcomes.includes(outcome)) return false
  return isPlan(plan) && isList(processes, isProcess) && isList(warnings, isText)
}

function isPlan(value: unknown): value is ApplyPlan {
  if (!isObject<ApplyPlan>(value)) return false
  const { added, changed, removed, unchanged } = value
  return isList(added, isText) && Array.isArray(changed) && isList(removed, isText) && isList(unchanged, isText)
}

export function isGraph(value: unknown): value is GraphView {
  if (!isObject<GraphView>(value)) return false
  return isList(value.queue, isText) && isList(value.graph, isText) && Array.isArray(value.edges)
}

export function isExport(value: unknown): value is ExportView {
  if (!isObject<ExportView>(value)) return false
  const { id, file, name, dependencies, groups, more } = value
  return (
    isNumber(id) &&
    isText(file) &&
    isText(name) &&
    Array.isArray(dependencies) &&
    Array.isArray(groups) &&
    isObject(more)
  )
}

export function isConfig(value: unknown): value is ConfigView {
  return isObject<ConfigView>(value) && Array.isArray(value.settings) && isList(value.warnings, isText)
}

export function isGroup(value: unknown): value is GroupView {
  if (!isObject<GroupView>(value)) return false
  return isNumber(value.id) && isText(value.name) && isList(value.processes, isText)
}

export function isEvent(value: unknown): value is EventView {
  if (!isObject<EventView>(value)) return false
  const { id, at, process, kind } = value
  return isNumber(id) && isText(at) && (process === null || isText(process)) && isText(kind)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isAnything(value: unknown): value is NonNullable<unknown> | null {
  return value !== undefined
}

export function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => isList(value, guard)
}

export function oneOrMany<T>(guard: Guard<T>): Guard<OneOrMany<T>> {
  return (value): value is OneOrMany<T> => guard(value) || isList(value, guard)
}

function isList<T>(value: unknown, guard: Guard<T>): value is readonly T[] {
  return Array.isArray(value) && value.every((one) => guard(one))
}

function isObject<T>(value: unknown): value is Unproven<T> {
  return typeof value === 'object' && value !== null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
