import type { Edge, ProcessSpec } from '../core/spec.ts'
import { tellCycles, type Link } from './cycles.ts'
import type { Draft } from './draft.ts'
import type { Problems } from './problem.ts'
import { didYouMean } from './reader.ts'
import type { Dependency, Reference } from './references.ts'

/** The drafts by the names they can be called by: a name that instances share stands for all of them. */
type Names = ReadonlyMap<string, readonly Draft[]>

/** Looks up the names that processes use of each other, and tells what is wrong with them. [CF11] [CF12] [CF13] */
export function connect(drafts: readonly Draft[], problems: Problems): readonly ProcessSpec[] {
  const names = namesOf(drafts, problems)
  const called = new Set(drafts.flatMap(({ prerun }) => prerun.flatMap(({ to }) => names.get(to) ?? [])))
  tellCycles(linksOf(drafts, names), problems)
  return drafts.map((draft) => ({
    ...draft.spec,
    autostart: draft.autostart ?? !called.has(draft),
    parent: parentOf(draft, names, problems)?.spec.name ?? null,
    edges: edgesOf(draft, names, problems),
    prerun: prerunOf(draft, names, problems),
  }))
}

function namesOf(drafts: readonly Draft[], problems: Problems): Names {
  const names = new Map<string, Draft[]>()
  for (const draft of drafts) {
    const { name, instanceOf } = draft.spec
    claim(names, name, draft)
    if (instanceOf !== null) claim(names, instanceOf.name, draft)
  }
  return names

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

function find({ to, place }: Reference, names: Names, problems: Problems): readonly Draft[] {
  const found = names.get(to)
  if (found === undefined) problems.error(place, `there is no process "${to}"`, didYouMean(to, names.keys()))
  return found ?? []
}

function parentOf({ parent }: Draft, names: Names, problems: Problems): Draft | undefined {
  if (parent === null) return undefined
  const [found, ...others] = find(parent, names, problems)
  if (others.length > 0) {
    const hint = `name one of them, such as "${found?.spec.name}", or use "dependencies" with \`on_exit: restart\``
    problems.error(parent.place, `a parent is one process, and "${parent.to}" has ${others.length + 1} instances`, hint)
  }
  return found
}

/** The parent first, then the dependencies as they stand; what is said twice counts once. */
function edgesOf(draft: Draft, names: Names, problems: Problems): readonly Edge[] {
  const parent = parentOf(draft, names, problems)
  const edges: Edge[] = parent === undefined ? [] : [{ to: parent.spec.name, condition: 'ready', onExit: 'restart' }]
  for (const dependency of draft.dependencies) {
    for (const target of find(dependency, names, problems)) {
      tellHopeless(dependency, target, problems)
      edges.push({ to: target.spec.name, condition: dependency.condition, onExit: dependency.onExit })
    }
  }
  return [...new Map(edges.map((edge) => [`${edge.to} ${edge.condition} ${edge.onExit}`, edge])).values()]
}

function tellHopeless({ condition, place }: Dependency, { spec }: Draft, problems: Problems): void {
  if (!condition.startsWith('completed') || spec.oneshot || spec.restart !== 'always') return
  problems.warn(
    place,
    `"${spec.name}" is never completed: it is restarted whenever it ends`,
    'make it a oneshot, or wait for `ready`',
  )
}

function prerunOf({ prerun }: Draft, names: Names, problems: Problems): readonly string[] {
  return prerun.flatMap((reference) => {
    const targets = find(reference, names, problems)
    if (targets.some(({ spec }) => !spec.oneshot)) {
      problems.error(
        reference.place,
        `a prerun must end, and "${reference.to}" is no oneshot`,
        'give it `oneshot: true`',
      )
    }
    return targets.map(({ spec }) => spec.name)
  })
}

/** Who waits for whom, whatever the reason. */
function linksOf(drafts: readonly Draft[], names: Names): ReadonlyMap<string, readonly Link[]> {
  return new Map(
    drafts.map(({ spec, parent, dependencies, prerun }) => {
      const references: readonly Reference[] = [...(parent === null ? [] : [parent]), ...dependencies, ...prerun]
      return [
        spec.name,
        references.flatMap(({ to, place }) => (names.get(to) ?? []).map((target) => ({ to: target.spec.name, place }))),
      ]
    }),
  )
}
