import type { Problems } from './problem.ts'
import type { Place } from './tree.ts'

/** One waits for another, and where that is said; null: not in what is being read. */
export interface Link {
  readonly to: string
  readonly place: Place | null
}

interface Step {
  readonly name: string
  /** By which link the path came here. */
  readonly by: Link | null
  readonly links: Iterator<Link>
}

/** Tells every circle once, as `a → b → a`, where it closes: at the last link of it that has a place. [CF12] */
export function tellCycles(graph: ReadonlyMap<string, readonly Link[]>, problems: Problems): void {
  const done = new Set<string>()
  const told = new Set<string>()
  for (const start of graph.keys()) {
    // A path of its own rather than recursion: a chain may be 10,000 long.
    const path: Step[] = []
    const onPath = new Set<string>()
    visit(start, null)
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.links.next()
      if (next.done === true) {
        done.add(step.name)
        onPath.delete(step.name)
        path.pop()
      } else if (onPath.has(next.value.to)) tell(path, next.value)
      else visit(next.value.to, next.value)
    }

    function visit(name: string, by: Link | null): void {
      if (done.has(name)) return
      onPath.add(name)
      path.push({ name, by, links: (graph.get(name) ?? []).values() })
    }
  }

  function tell(path: readonly Step[], closing: Link): void {
    const { to } = closing
    const circle = path.slice(path.findIndex(({ name }) => name === to))
    const names = circle.map(({ name }) => name)
    const links = [...circle.slice(1).map(({ by }) => by), closing]
    const place = links.findLast((link) => link !== null && link.place !== null)?.place ?? null
    if (place === null || names.some((name) => told.has(name))) return
    for (const name of names) told.add(name)
    problems.error(place, `these wait for each other: ${[...names, to].join(' → ')}`)
  }
}
