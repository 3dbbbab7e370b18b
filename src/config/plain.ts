import { deepest, Unbuildable } from './syntax.ts'
import type { Member, Node, Position, Scalar, Table } from './tree.ts'

/** A process as a file of our dialect would have it in JSON: the same keys, the same values. */
export type Entry = Readonly<Record<string, unknown>>

/** A table as JSON would have it. What was not written (`key:`) is left out. */
export function plainTable({ members }: Table): Entry {
  const written = [...members.values()].filter(({ value }) => value.tag !== 'scalar' || value.value !== null)
  return Object.fromEntries(written.map(({ key, value }) => [key, plainOf(value)]))
}

function plainOf(node: Node): unknown {
  switch (node.tag) {
    case 'table':
      return plainTable(node)
    case 'list':
      return node.items.map(plainOf)
    case 'scalar':
      return plainScalar(node)
  }
}

/** `022` and `1.10` say more than the numbers that they are: such a one stays the text that it is written as. */
function plainScalar({ value, source }: Scalar): Scalar['value'] {
  return value === null || String(value) === source ? value : source
}

/** The tree that a text with these values would give, told by the path of its keys. Throws `Unbuildable` as parsers do. */
export function treeOf(entry: Entry): Table {
  return tableOf(entry, { path: null, key: null, depth: 0 })
}

interface Spot {
  readonly path: string | null
  readonly key: string | null
  readonly depth: number
}

function tableOf(values: object, spot: Spot): Table {
  const members = Object.entries(values).map(([key, value]): [string, Member] => {
    const inner = { path: spot.path === null ? key : `${spot.path}.${key}`, key, depth: spot.depth + 1 }
    return [key, { at: positionOf(inner), key, value: nodeOf(value, inner) }]
  })
  return { tag: 'table', at: positionOf(spot), key: spot.key, members: new Map(members) }
}

function nodeOf(value: unknown, spot: Spot): Node {
  const { key, path, depth } = spot
  const at = positionOf(spot)
  if (depth > deepest) throw new Unbuildable('it is nested too deeply', at)
  if (Array.isArray(value)) {
    // Only of a table in a list it has to be said which one it is.
    const items = value.map((item: unknown, index) =>
      nodeOf(item, { key, path: typeof item === 'object' ? `${path ?? ''}[${index}]` : path, depth: depth + 1 }),
    )
    return { tag: 'list', at, key, items }
  }
  if (typeof value === 'object' && value !== null) return tableOf(value, spot)
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  return { tag: 'scalar', at, key, value: scalar, source: scalar === null ? '' : String(scalar) }
}

function positionOf({ path }: Spot): Position {
  return path === null ? { line: 0, column: 0 } : { line: 0, column: 0, path }
}
