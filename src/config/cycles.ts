import type { Problems } from './problem.ts'
import type { Place } from './tree.ts'

/** One waits for another, and where that is said. */
export interface Link {
  readonly to: string
  readonly place: Place
}

interface Step {
  readonly name: string
  readonly links: Iterator<Link>
}

/** Tells every circle once, as `a → b → a`, where it closes. [CF12] */
export function tellCycles(graph: ReadonlyMap<string, readonly Link[]>, problems: Problems): void {
  const done = new Set<string>()
  const told = new Set<string>()
  for (const start of graph.keys()) {
    // A path of its own rather than recursion: a chain may be 10,000 long.
    const path: Step[] = []
    const onPath = new Set<string>()
    visit(start)
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.links.next()
      if (next.done === true) {
        done.add(step.name)
        onPath.delete(step.name)
        path.pop()
      } else if (onPath.has(next.value.to)) tell(path, next.value)
      else visit(next.value.to)
    }

    function visit(name: string): void {
      if (done.has(name)) return
      onPath.add(name)
      path.push({ name, links: (graph.get(name) ?? []).values() })
    }
  }

  function tell(path: readonly Step[], { to, place }: Link): void {
    const names = path.slice(path.findIndex(({ name }) => name === to)).map(({ name }) => name)
    if (names.some((name) => told.has(name))) return
    for (const name of names) told.add(name)
    problems.error(place, `these wait for each other: ${[...names, to].join(' → ')}`)
  }
}
