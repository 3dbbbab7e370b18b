import type { ProcessSpec } from './spec.ts'

type Arrow = readonly [from: string, to: string]

/**
 * The names of processes that depend on themselves through others (or lie between two that do). The config lets none
 * through; among processes that are declared one by one they may come to be, and must then not wait for each other's end.
 */
export function circularNames(specs: Iterable<Pick<ProcessSpec, 'name' | 'edges'>>): ReadonlySet<string> {
  const arrows: Arrow[] = []
  for (const { name, edges } of specs) for (const { to } of edges) arrows.push([name, to])
  const upwards = peeled(arrows)
  const left = peeled(upwards.map(([from, to]) => [to, from]))
  return new Set(left.flat())
}

/** Without the arrows that lead, sooner or later, to where no arrow starts. */
function peeled(arrows: readonly Arrow[]): Arrow[] {
  const leaving = new Map<string, number>()
  const arriving = new Map<string, string[]>()
  for (const [from, to] of arrows) {
    leaving.set(from, (leaving.get(from) ?? 0) + 1)
    const sources = arriving.get(to) ?? []
    sources.push(from)
    arriving.set(to, sources)
  }
  const ends = [...arriving.keys()].filter((name) => !leaving.has(name))
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    for (const from of arriving.get(end) ?? []) {
      const left = (leaving.get(from) ?? 0) - 1
      leaving.set(from, left)
      if (left === 0) ends.push(from)
    }
  }
  return arrows.filter(([from, to]) => (leaving.get(from) ?? 0) > 0 && (leaving.get(to) ?? 0) > 0)
}
