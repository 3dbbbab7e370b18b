import type { ProcessSpec } from './spec.ts'

/** What the order of starting is made from. */
type Node = Pick<ProcessSpec, 'name' | 'edges'>

/** Names of processes in an order in which they can be started. */
export interface StartOrder {
  /** All of them: those that depend or are depended on, dependencies first; then the others. */
  readonly queue: readonly string[]
  /** Only those that depend or are depended on. */
  readonly graph: readonly string[]
}

/**
 * The order in which processes can be started, one after the other. What could be next in any order comes in the order of
 * `specs`. Names that nobody has are ignored; those of a circle come last, in the order of `specs`.
 */
export function startOrder(specs: readonly Node[]): StartOrder {
  const known = new Set(specs.map(({ name }) => name))
  const related = new Set(
    specs.flatMap(({ name, edges }) => {
      const others = edges.map(({ to }) => to).filter((to) => known.has(to))
      return others.length === 0 ? [] : [name, ...others]
    }),
  )
  const graph = layered(specs.filter(({ name }) => related.has(name)))
  const others = specs.map(({ name }) => name).filter((name) => !related.has(name))
  return { queue: [...graph, ...others], graph }
}

/** Layer by layer: each has those whose dependencies are all in the layers before. */
function layered(specs: readonly Node[]): string[] {
  const position = new Map(specs.map(({ name }, index) => [name, index]))
  const { left, dependents } = countEdges(specs)
  const order: string[] = []
  let layer = specs.map(({ name }) => name).filter((name) => left.get(name) === 0)
  while (layer.length > 0) {
    order.push(...layer)
    const next: string[] = []
    for (const name of layer) {
      for (const dependent of dependents.get(name) ?? []) {
        const count = (left.get(dependent) ?? 0) - 1
        left.set(dependent, count)
        if (count === 0) next.push(dependent)
      }
    }
    layer = next.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0))
  }
  const placed = new Set(order)
  return [...order, ...specs.map(({ name }) => name).filter((name) => !placed.has(name))]
}

/** How many dependencies of each are still to be placed, and who depends on whom; each pair counts once. */
function countEdges(specs: readonly Node[]) {
  const left = new Map(specs.map(({ name }) => [name, 0]))
  const dependents = new Map<string, string[]>()
  for (const { name, edges } of specs) {
    for (const to of new Set(edges.map((edge) => edge.to))) {
      if (!left.has(to)) continue
      left.set(name, (left.get(name) ?? 0) + 1)
      const others = dependents.get(to) ?? []
      others.push(name)
      dependents.set(to, others)
    }
  }
  return { left, dependents }
}
