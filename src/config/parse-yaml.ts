import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml'

import { deepest, Unbuildable, type Parsed, type SyntaxProblem } from './syntax.ts'
import { positionsIn, type Member, type Node, type Position, type Scalar } from './tree.ts'

/** What is under way while one document becomes a tree. */
interface Building {
  readonly document: Document
  readonly position: (offset: number) => Position
  readonly errors: SyntaxProblem[]
  /** How many nodes aliases brought in: aliases of aliases of aliases would else fill the memory. */
  brought: number
}

interface Spot {
  readonly key: string | null
  readonly depth: number
  readonly aliased: boolean
}

const mostBrought = 50_000

/** One document of YAML 1.2 (`no` is a text, `0755` a number), with aliases and the merge key `<<`. */
export function parseYaml(text: string): Parsed {
  const position = positionsIn(text)
  const document = parseDocument(text, { prettyErrors: false, version: '1.2', logLevel: 'error' })
  const errors = document.errors.map(({ message, pos }) => ({ at: position(pos[0]), message: sentence(message) }))
  if (errors.length > 0) return { ok: false, errors }
  const building: Building = { document, position, errors, brought: 0 }
  const { contents } = document
  const root = contents === null ? null : build(contents, building, { key: null, depth: 0, aliased: false })
  return errors.length > 0 ? { ok: false, errors } : { ok: true, root }
}

function sentence(message: string): string {
  if (message.startsWith('Source contains multiple documents')) {
    return 'a config file is one document, and this is a second'
  }
  return `not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

function build(node: unknown, building: Building, { key, depth, aliased }: Spot): Node {
  const at = building.position(offsetOf(node))
  if (depth > deepest) throw new Unbuildable('it is nested too deeply, or an alias stands in its own anchor', at)
  if (aliased && ++building.brought > mostBrought) throw new Unbuildable('its aliases make it too large', at)
  const inner = { key, depth: depth + 1, aliased: aliased || isAlias(node) }
  if (isAlias(node)) return build(resolved(node, building), building, inner)
  if (isSeq(node)) return { tag: 'list', at, key, items: node.items.map((item) => build(item, building, inner)) }
  if (isMap(node)) return { tag: 'table', at, key, members: membersOf(node, building, inner) }
  return { tag: 'scalar', at, key, ...scalarOf(node) }
}

/** What is written out wins over what is merged in with `<<`, wherever the two stand. */
function membersOf(map: YAMLMap, building: Building, { depth, aliased }: Spot): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>()
  const merged: Node[] = []
  for (const { key, value } of map.items) {
    const at = building.position(offsetOf(key))
    if (!isScalar(key)) building.errors.push({ at, message: 'a key must be a text' })
    const name = String(isScalar(key) ? (key.source ?? key.value) : '')
    // A key without a value has no node: it stands where the key does.
    const node = value === null ? nothing({ at, key: name }) : build(value, building, { key: name, depth, aliased })
    if (name === '<<') merged.push(...(node.tag === 'list' ? node.items : [node]))
    else members.set(name, { at, key: name, value: node })
  }
  for (const table of merged) {
    if (table.tag !== 'table') building.errors.push({ at: table.at, message: '"<<" merges tables only' })
    else for (const [name, member] of table.members) if (!members.has(name)) members.set(name, member)
  }
  return members
}

function resolved(node: unknown, { document, position, errors }: Building): unknown {
  if (!isAlias(node)) return node
  const target = node.resolve(document)
  if (target === undefined)
    errors.push({ at: position(offsetOf(node)), message: `no anchor is called "${node.source}"` })
  return target
}

function scalarOf(node: unknown): Pick<Scalar, 'value' | 'source'> {
  if (!isScalar(node)) return { value: null, source: '' }
  const { value } = node
  const source = node.source ?? String(value)
  if (typeof value === 'string') return { value, source: value }
  // A tag of YAML's own may have made a Date or bytes of it: to us it is the text.
  return { value: typeof value === 'number' || typeof value === 'boolean' || value === null ? value : source, source }
}

function nothing({ at, key }: { at: Position; key: string }): Scalar {
  return { tag: 'scalar', at, key, value: null, source: '' }
}

function offsetOf(node: unknown): number {
  const ranged = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  return ranged ? (node.range?.[0] ?? 0) : 0
}
