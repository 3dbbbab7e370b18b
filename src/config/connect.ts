import type { Edge, ProcessSpec } from '../core/spec.ts'
import type { Surroundings } from './context.ts'
import { tellCycles, type Link } from './cycles.ts'
import type { Draft } from './draft.ts'
import { namesOf, othersOf, type Names, type Target } from './names.ts'
import type { Problems } from './problem.ts'
import { didYouMean } from './reader.ts'
import type { Dependency, Reference } from './references.ts'
import { isProcessName } from './values.ts'

interface Connecting extends Surroundings {
  readonly problems: Problems
  /** A dependency that nobody has: a slip in a file; of a command, one that may still come. */
  readonly unknown: 'error' | 'warning'
}

/** Looks up the names that processes use of each other, and tells what is wrong with them. [CF11] [CF12] [CF13] */
export function connect(drafts: readonly Draft[], given: Connecting): readonly ProcessSpec[] {
  const others = othersOf(drafts, given.known)
  const names = namesOf(drafts, others, given.problems)
  const called = new Set([
    ...drafts.flatMap(({ prerun }) => prerun.flatMap(({ to }) => (names.get(to) ?? []).map(({ name }) => name))),
    ...others.flatMap(({ prerun }) => prerun),
  ])
  tellCycles(linksOf(drafts, others, names), given.problems)
  const specs = drafts.map((draft): ProcessSpec => {
    const parent = parentOf(draft, names, given)?.name ?? null
    return {
      ...draft.spec,
      autostart: draft.autostart ?? !called.has(draft.spec.name),
      parent,
      edges: edgesOf(draft, { parent, names, given }),
      prerun: prerunOf(draft, names, given),
    }
  })
  return waitedFor(specs, others, given)
}

function find({ to, place }: Reference, names: Names, { problems }: Connecting): readonly Target[] {
  const found = names.get(to)
  if (found === undefined) problems.error(place, `there is no process "${to}"`, didYouMean(to, names.keys()))
  return found ?? []
}

/** As `find`; a name that may still come stands for itself, and whoever waits for it is blocked meanwhile. [CD27] */
function findOrAwait(reference: Reference, names: Names, given: Connecting): readonly Target[] {
  const { to, place } = reference
  if (names.has(to) || given.unknown === 'error' || !isProcessName(to)) return find(reference, names, given)
  const near = didYouMean(to, names.keys())
  given.problems.warn(place, `there is no process "${to}" yet: it is blocked until there is one`, near)
  return [{ name: to, instanceOf: null, oneshot: true, restart: 'no', restartPreventExitCodes: [] }]
}

function parentOf({ parent }: Draft, names: Names, given: Connecting): Target | undefined {
  if (parent === null) return undefined
  const [found, ...others] = findOrAwait(parent, names, given)
  if (others.length > 0) {
    const hint = `name one of them, such as "${found?.name}", or use "dependencies" with \`on_exit: restart\``
    const message = `a parent is one process, and "${parent.to}" has ${others.length + 1} instances`
    given.problems.error(parent.place, message, hint)
  }
  return found
}

/** The parent first, then the dependencies as they stand; what is said twice counts once. */
function edgesOf(
  { dependencies }: Draft,
  { parent, names, given }: { parent: string | null; names: Names; given: Connecting },
): readonly Edge[] {
  const edges: Edge[] = parent === null ? [] : [{ to: parent, condition: 'ready', onExit: 'restart' }]
  for (const dependency of dependencies) {
    for (const target of findOrAwait(dependency, names, given)) {
      tellHopeless(dependency, target, given.problems)
      edges.push({ to: target.name, condition: dependency.condition, onExit: dependency.onExit })
    }
  }
  return [...new Map(edges.map((edge) => [`${edge.to} ${edge.condition} ${edge.onExit}`, edge])).values()]
}

function tellHopeless({ condition, place }: Dependency, target: Target, problems: Problems): void {
  const { name, oneshot, restart, restartPreventExitCodes } = target
  const mayEnd = restart !== 'always' || restartPreventExitCodes.length > 0
  if (!condition.startsWith('completed') || oneshot || mayEnd) return
  problems.warn(
    place,
    `"${name}" is never completed: it is restarted whenever it ends`,
    'make it a oneshot, or wait for `ready`',
  )
}

function prerunOf({ prerun }: Draft, names: Names, given: Connecting): readonly string[] {
  return prerun.flatMap((reference) => {
    const targets = find(reference, names, given)
    if (targets.some(({ oneshot }) => !oneshot)) {
      given.problems.error(
        reference.place,
        `a prerun must end, and "${reference.to}" is no oneshot`,
        'give it `oneshot: true`',
      )
    }
    return targets.map(({ name }) => name)
  })
}

/** Who waits for whom, whatever the reason. Those of the drafts come first: a circle is told at one of their places. */
function linksOf(
  drafts: readonly Draft[],
  others: readonly ProcessSpec[],
  names: Names,
): ReadonlyMap<string, readonly Link[]> {
  return new Map([
    ...drafts.map(({ spec, parent, dependencies, prerun }): [string, Link[]] => {
      const references: readonly Reference[] = [...(parent === null ? [] : [parent]), ...dependencies, ...prerun]
      const links = references.flatMap(({ to, place }) =>
        (names.get(to) ?? []).map(({ name }) => ({ to: name, place })),
      )
      return [spec.name, links]
    }),
    ...others.map(({ name, edges, prerun }): [string, Link[]] => [
      name,
      [...edges.map(({ to }) => to), ...prerun].map((to) => ({ to, place: null })),
    ]),
  ])
}

/** pmon3's `dependent_process_enqueued_wait`, for those that nothing else tells to be ready. [PN13] */
function waitedFor(
  specs: readonly ProcessSpec[],
  others: readonly ProcessSpec[],
  { dependentWait: after }: Connecting,
): readonly ProcessSpec[] {
  if (after === null || after === undefined || after === 0) return specs
  const edges = [...specs, ...others].flatMap((spec) => spec.edges)
  const awaited = new Set(edges.filter(({ condition }) => condition === 'ready').map(({ to }) => to))
  return specs.map((spec) => {
    const waits = awaited.has(spec.name) && spec.ready === null && !spec.oneshot
    return waits ? { ...spec, ready: { tag: 'elapsed', after } } : spec
  })
}
