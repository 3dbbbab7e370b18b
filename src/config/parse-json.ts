import { parseTree, printParseErrorCode, type Node as JsonNode, type ParseError } from 'jsonc-parser'

import { deepest, Unbuildable, type Parsed, type SyntaxProblem } from './syntax.ts'
import { positionsIn, type Member, type Node, type Place, type Position } from './tree.ts'

interface Source {
  readonly text: string
  readonly position: (offset: number) => Position
  readonly errors: SyntaxProblem[]
}

/** JSON as its standard says, without comments or trailing commas; a key given twice is an error. */
export function parseJson(text: string): Parsed {
  const position = positionsIn(text)
  const failures: ParseError[] = []
  if (text.trim() === '') return { ok: true, root: null }
  const tree = parseTree(text, failures, { disallowComments: true, allowTrailingComma: false })
  const errors = failures.map((failure) => ({
    at: position(placeOf(failure, text)),
    message: sentence(printParseErrorCode(failure.error)),
  }))
  if (tree === undefined || errors.length > 0) return { ok: false, errors }
  const source: Source = { text, position, errors: [] }
  const root = build(tree, source, { key: null, depth: 0 })
  return source.errors.length > 0 ? { ok: false, errors: source.errors } : { ok: true, root }
}

/** A comma is missing where the value before it ends, which may be some lines further up. */
function placeOf({ error, offset }: ParseError, text: string): number {
  return printParseErrorCode(error) === 'CommaExpected' ? text.slice(0, offset).trimEnd().length : offset
}

/** `CommaExpected` → `comma expected`. */
function sentence(code: string): string {
  return `not JSON: ${code.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase()}`
}

function build(node: JsonNode, source: Source, { key, depth }: { key: string | null; depth: number }): Node {
  const at = source.position(node.offset)
  if (depth > deepest) throw new Unbuildable('it is nested too deeply', at)
  if (node.type === 'object') return { tag: 'table', at, key, members: membersOf(node, source, depth) }
  if (node.type === 'array') {
    const items = (node.children ?? []).map((item) => build(item, source, { key, depth: depth + 1 }))
    return { tag: 'list', at, key, items }
  }
  return { tag: 'scalar', at, key, value: scalarOf(node.value), source: written(node, source) }
}

function membersOf(node: JsonNode, source: Source, depth: number): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>()
  for (const property of node.children ?? []) {
    const [name, value] = property.children ?? []
    if (name === undefined || value === undefined) continue
    const key = String(name.value)
    const place: Place = { at: source.position(name.offset), key }
    if (members.has(key)) source.errors.push({ at: place.at, message: `the key "${key}" is given twice` })
    members.set(key, { ...place, key, value: build(value, source, { key, depth: depth + 1 }) })
  }
  return members
}

function scalarOf(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function written(node: JsonNode, { text }: Source): string {
  return typeof node.value === 'string' ? node.value : text.slice(node.offset, node.offset + node.length)
}
