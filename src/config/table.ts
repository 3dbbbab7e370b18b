import { listOf } from '../lib/text.ts'
import type { Schema } from './json-schema.ts'
import { didYouMean, wrong, type Reader, type Reading } from './reader.ts'
import { isNothing, valueOf, type Member, type Table } from './tree.ts'

/** One key of a table: how it is read, and what it means. Help, suggestions and the JSON Schema come from the same entry. */
export interface Key<T> {
  readonly reader: Reader<T>
  readonly doc: string
}

export type Keys = Readonly<Record<string, Key<unknown>>>

/** What `table(keys)` reads. */
export type Values<K extends Keys> = { readonly [N in keyof K]?: K[N] extends Key<infer T> ? T : never }

export function key<T>(reader: Reader<T>, doc = ''): Key<T> {
  return { reader, doc }
}

/** A table with known keys; any other key is a problem. [CF4] */
export function table<K extends Keys>(
  keys: K,
  elsewhere: (name: string) => string | null = () => null,
): Reader<Values<K>> {
  const known = new Map(Object.entries(keys))
  return {
    get schema() {
      return tableSchema(keys)
    },
    read(node, reading) {
      if (node.tag !== 'table') return wrong(node, reading, 'a table')
      const values = new Map<string, unknown>()
      for (const member of node.members.values()) {
        const found = known.get(member.key)
        if (found === undefined) unknownKey(member, reading, { known: [...known.keys()], hint: elsewhere(member.key) })
        const value = isNothing(member.value) ? undefined : found?.reader.read(member.value, reading)
        if (value !== undefined) values.set(member.key, value)
      }
      // Each value was read by the key whose name it has.
      return Object.fromEntries(values) as Values<K>
    },
  }
}

function unknownKey(
  place: Member,
  { problems }: Reading,
  about: { known: readonly string[]; hint: string | null },
): void {
  const few = about.known.length <= 6 ? `there ${about.known.length === 1 ? 'is' : 'are'} ${listOf(about.known)}` : null
  problems.error(place, `unknown key "${place.key}"`, about.hint ?? didYouMean(place.key, about.known) ?? few)
}

function tableSchema(keys: Keys): Schema {
  const properties = Object.entries(keys).map(([name, { reader, doc }]) => [
    name,
    { ...reader.schema, description: doc },
  ])
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) as Schema }
}

/** As `table`, but a table without one of these keys is a problem. */
export function complete<K extends Keys>(keys: K, ...needed: readonly string[]): Reader<Values<K>> {
  const inner = table(keys)
  return {
    get schema() {
      return { ...inner.schema, required: [...needed] }
    },
    read(node, reading) {
      if (node.tag === 'table') for (const name of needed) tellMissing(node, name, reading)
      return inner.read(node, reading)
    },
  }
}

function tellMissing(node: Table, name: string, { problems }: Reading): void {
  if (valueOf(node, name) === undefined)
    problems.error(node, `${node.key === null ? 'it' : `"${node.key}"`} needs "${name}"`)
}
