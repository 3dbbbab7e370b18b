import type { ProcessSpec } from '../core/spec.ts'
import type { Draft } from './draft.ts'
import type { Problems } from './problem.ts'

/** A process that can be depended on: one of the drafts, or one that is there already. */
export type Target = Pick<ProcessSpec, 'name' | 'instanceOf' | 'oneshot' | 'restart' | 'restartPreventExitCodes'>

/** By the names they can be called by: a name that instances share stands for all of them. */
export type Names = ReadonlyMap<string, readonly Target[]>

/** Those that are there already and stay as they are. */
export function othersOf(
  drafts: readonly Draft[],
  known: ReadonlyMap<string, ProcessSpec> | undefined,
): readonly ProcessSpec[] {
  const declared = new Set(drafts.map(({ spec }) => spec.name))
  return [...(known?.values() ?? [])].filter(({ name }) => !declared.has(name))
}

/** A name that two drafts have is a problem; what is there already gives way to a draft of its name. [CF13] */
export function namesOf(drafts: readonly Draft[], others: readonly ProcessSpec[], problems: Problems): Names {
  const names = draftNames(drafts, problems)
  const further = new Map<string, ProcessSpec[]>()
  for (const spec of others) {
    for (const name of [spec.name, ...(spec.instanceOf === null ? [] : [spec.instanceOf.name])]) {
      if (!names.has(name)) further.set(name, [...(further.get(name) ?? []), spec])
    }
  }
  return new Map<string, readonly Target[]>([...names, ...further])
}

function draftNames(drafts: readonly Draft[], problems: Problems): Names {
  const names = new Map<string, Draft[]>()
  for (const draft of drafts) {
    const { name, instanceOf } = draft.spec
    claim(names, name, draft)
    if (instanceOf !== null) claim(names, instanceOf.name, draft)
  }
  return new Map([...names].map(([name, holders]) => [name, holders.map(({ spec }) => spec)]))

  function claim(known: Map<string, Draft[]>, name: string, draft: Draft): void {
    const holders = known.get(name)
    const [first] = holders ?? []
    if (holders === undefined || first === undefined) known.set(name, [draft])
    else if (isInstanceOf(draft, name) && isInstanceOf(first, name)) holders.push(draft)
    else if (name !== '') problems.error(draft.place, `the name "${name}" is taken, by line ${first.place.at.line}`)
  }
}

function isInstanceOf({ spec }: Draft, name: string): boolean {
  return spec.instanceOf?.name === name
}
