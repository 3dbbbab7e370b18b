import type { Process } from '../core/process.ts'
import { nearMiss } from '../lib/near-miss.ts'
import { success } from '../lib/result.ts'
import type { Answered } from '../api/control.ts'
import { refused } from '../wire/refusal.ts'

/** What the targets of a command are looked up among. */
export interface Known {
  /** By ascending id. */
  readonly processes: readonly Process[]
  /** Names of all groups, with or without members, each with its id; those that nobody has recorded have none. */
  readonly groups: ReadonlyMap<string, number | null>
  /** Names of the process file that are not among the processes: `start` can have them. */
  readonly declarable: readonly string[]
}

/**
 * The names a target stands for: `*`, `group:NAME`, an id, a name, or the name that several instances share. [AP21] [AP41]
 */
export function resolveTarget(target: string, known: Known): Answered<readonly string[]> {
  const { processes } = known
  if (target === '*') return success(namesOf(processes))
  if (target.startsWith('group:')) return membersOf(target.slice('group:'.length), known)
  const byId = /^\d+$/.test(target) ? processes.filter(({ id }) => id === Number(target)) : []
  const exact = byId.length > 0 ? byId : processes.filter(({ spec }) => spec.name === target)
  const found = exact.length > 0 ? exact : processes.filter(({ spec }) => spec.instanceOf?.name === target)
  if (found.length > 0) return success(namesOf(found))
  return known.declarable.includes(target) ? success([target]) : unknownProcess(target, known)
}

/** The members of a group, which is named or given by its id, by ascending id. [GR8] */
function membersOf(target: string, { processes, groups }: Known): Answered<readonly string[]> {
  const byId = /^\d+$/.test(target) ? [...groups].find(([, id]) => id === Number(target)) : undefined
  const group = byId?.[0] ?? target
  if (!groups.has(group)) return unknownGroup(target, [...groups.keys()])
  return success(namesOf(processes.filter(({ spec }) => spec.groups.includes(group))))
}

export function unknownGroup(group: string, groups: readonly string[]): ReturnType<typeof refused> {
  return refused('unknown-group', `There is no group "${group}".`, hintOf(group, groups, 'groups'))
}

function unknownProcess(target: string, { processes, declarable }: Known): ReturnType<typeof refused> {
  const names = [...namesOf(processes), ...declarable]
  return refused('unknown-process', `There is no process "${target}".`, hintOf(target, names, 'processes'))
}

function hintOf(word: string, known: readonly string[], what: string): string {
  const near = nearMiss(word, known)
  if (near !== null) return `Did you mean "${near}"?`
  if (known.length === 0) return `There are no ${what} at all.`
  return known.length > fewEnough ? `\`coppice ls\` lists them.` : `There are: ${known.join(', ')}.`
}

/** More names than this nobody reads in a hint. */
const fewEnough = 10

function namesOf(processes: readonly Process[]): string[] {
  return processes.map(({ spec }) => spec.name)
}
