import { ParseError, parseTOML, type AST } from 'toml-eslint-parser'

import { deepest, Unbuildable, type Parsed } from './syntax.ts'
import type { Place, Scalar } from './tree.ts'

/** A node while it is being built: TOML may come back to a table many lines later. */
type Growing = GrowingTable | GrowingList | Scalar

interface GrowingTable extends Place {
  readonly tag: 'table'
  readonly members: Map<string, Place & { readonly key: string; readonly value: Growing }>
}

interface GrowingList extends Place {
  readonly tag: 'list'
  readonly items: Growing[]
}

type Key = AST.TOMLBare | AST.TOMLQuoted

/** TOML 1.0, with dates as text. The parser itself refuses keys and tables that are given twice. */
export function parseToml(text: string): Parsed {
  let program: AST.TOMLProgram
  try {
    program = parseTOML(text, { tomlVersion: '1.0' })
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const at = { line: error.lineNumber, column: error.column + 1 }
    return {
      ok: false,
      errors: [{ at, message: `not TOML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}` }],
    }
  }
  const root = emptyTable({ at: { line: 1, column: 1 }, key: null })
  for (const part of program.body[0].body) {
    if (part.type === 'TOMLKeyValue') assign(root, part, 0)
    else fill(tableOf(root, part), part.body, 0)
  }
  return { ok: true, root }
}

/** The table that a header `[a.b]` or `[[a.b]]` opens. */
function tableOf(root: GrowingTable, { key, kind, loc }: AST.TOMLTable): GrowingTable {
  const [last, ...before] = key.keys.toReversed()
  const parent = before.toReversed().reduce(enter, root)
  if (last === undefined) return parent
  if (kind === 'standard') return enter(parent, last)
  const place = { at: position(loc.start), key: nameOf(last) }
  const item = emptyTable(place)
  const list = parent.members.get(place.key)?.value
  if (list?.tag === 'list') list.items.push(item)
  else put(parent, last, { tag: 'list', ...place, items: [item] })
  return item
}

function fill(table: GrowingTable, pairs: readonly AST.TOMLKeyValue[], depth: number): GrowingTable {
  for (const pair of pairs) assign(table, pair, depth)
  return table
}

function assign(table: GrowingTable, { key, value }: AST.TOMLKeyValue, depth: number): void {
  const [last, ...before] = key.keys.toReversed()
  if (last === undefined) return
  put(before.toReversed().reduce(enter, table), last, grow(value, nameOf(last), depth + 1))
}

/** The table under a key, made if it is not there; of a list of tables its last one. */
function enter(table: GrowingTable, key: Key): GrowingTable {
  const known = table.members.get(nameOf(key))?.value
  const found = known?.tag === 'list' ? known.items.at(-1) : known
  if (found?.tag === 'table') return found
  return put(table, key, emptyTable({ at: position(key.loc.start), key: nameOf(key) }))
}

function put<T extends Growing>(table: GrowingTable, key: Key, value: T): T {
  const name = nameOf(key)
  table.members.set(name, { at: position(key.loc.start), key: name, value })
  return value
}

function grow(node: AST.TOMLContentNode, key: string, depth: number): Growing {
  const place = { at: position(node.loc.start), key }
  if (depth > deepest) throw new Unbuildable('it is nested too deeply', place.at)
  switch (node.type) {
    case 'TOMLInlineTable':
      return fill(emptyTable(place), node.body, depth)
    case 'TOMLArray':
      return { tag: 'list', ...place, items: node.elements.map((element) => grow(element, key, depth + 1)) }
    case 'TOMLValue':
      return { tag: 'scalar', ...place, ...scalarOf(node) }
  }
}

function scalarOf(node: AST.TOMLValue): Pick<Scalar, 'value' | 'source'> {
  switch (node.kind) {
    case 'string':
    case 'boolean':
      return { value: node.value, source: String(node.value) }
    case 'integer':
    case 'float':
      return { value: node.value, source: node.number }
    case 'offset-date-time':
    case 'local-date-time':
    case 'local-date':
    case 'local-time':
      return { value: node.datetime, source: node.datetime }
  }
}

function emptyTable(place: Place): GrowingTable {
  return { tag: 'table', at: place.at, key: place.key, members: new Map() }
}

function nameOf(key: Key): string {
  return key.type === 'TOMLBare' ? key.name : key.value
}

function position({ line, column }: { line: number; column: number }): Place['at'] {
  return { line, column: column + 1 }
}
