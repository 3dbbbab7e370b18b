import { anyOf, variable } from './json-schema.ts'
import { anyText, didYouMean, parsed, readText, wrong, wrongText, type Reader, type Reading } from './reader.ts'
import { isNothing, type Node } from './tree.ts'

/** Any text that is not empty. */
export function text(expectation = 'a text'): Reader<string> {
  return parsed(expectation, (found) => (found === '' ? null : found), { ...anyText, minLength: 1 })
}

/** One of some words. */
export function oneOf<const W extends string>(...words: readonly W[]): Reader<W> {
  return {
    schema: anyOf({ enum: [...words] }, variable),
    read(node, reading) {
      const expectation = `one of ${words.join(', ')}`
      const found = readText(node, reading, expectation)
      if (found === undefined) return undefined
      const word = words.find((candidate) => candidate === found)
      return word ?? wrongText(found, node, { reading, expectation, hint: didYouMean(found, words) })
    },
  }
}

/** A list, each of its items by the same reader. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return {
    schema: { type: 'array', items: item.schema },
    read: (node, reading) =>
      node.tag === 'list' ? readItems(node.items, item, reading) : wrong(node, reading, 'a list'),
  }
}

/** As `list`, and a single item may stand without brackets. */
export function oneOrMore<T>(item: Reader<T>): Reader<readonly T[]> {
  return {
    schema: anyOf(item.schema, { type: 'array', items: item.schema }),
    read: (node, reading) => readItems(node.tag === 'list' ? node.items : [node], item, reading),
  }
}

/** All of them, or nothing when one is bad: half a list means something else. */
function readItems<T>(items: readonly Node[], item: Reader<T>, reading: Reading): readonly T[] | undefined {
  const values = items.map((node) => item.read(node, reading))
  const good = values.filter((value) => value !== undefined)
  return good.length === values.length ? good : undefined
}

/** A table from names that the user chooses. */
export function mapOf<T>(value: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return {
    schema: { type: 'object', additionalProperties: value.schema },
    read(node, reading) {
      if (node.tag !== 'table') return wrong(node, reading, 'a table')
      const values = new Map<string, T>()
      for (const member of node.members.values()) {
        const read = value.read(member.value, reading)
        if (read !== undefined) values.set(member.key, read)
      }
      return values
    },
  }
}

/** Chooses a reader by what was written: a scalar, a list, a table. */
export function byShape<T>(expectation: string, readers: { readonly [shape in Node['tag']]?: Reader<T> }): Reader<T> {
  return {
    schema: anyOf(...Object.values(readers).map(({ schema }) => schema)),
    read(node, reading) {
      const reader = readers[node.tag]
      return reader === undefined || isNothing(node) ? wrong(node, reading, expectation) : reader.read(node, reading)
    },
  }
}
