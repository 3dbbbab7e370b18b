import { nearMiss } from '../lib/near-miss.ts'
import type { Schema } from './json-schema.ts'
import type { Problems } from './problem.ts'
import { describe, textNode, type Node, type Place } from './tree.ts'

/** Reads one value out of the tree and says, as a JSON Schema, what it accepts. */
export interface Reader<T> {
  /** The value; undefined after a problem was told. */
  readonly read: (node: Node, reading: Reading) => T | undefined
  readonly schema: Schema
}

/** What the reading of one place depends on. */
export interface Reading {
  readonly problems: Problems
  /** Fills in the variables of a text (it gives null after it told a problem); null: the dialect has none. */
  readonly fill: ((text: string, place: Place) => string | null) | null
  /** Where coppice was started or called from. */
  readonly cwd: string
  /** The directory of the process that is being read: what it itself would take a relative path from. */
  readonly base: string
  /** What `~/` stands for; null: nothing. */
  readonly home: string | null
}

/** Tells that a value is not what it should be: `"nice" must be a whole number from -20 to 19, not "high"`. */
export function wrong(node: Node, { problems }: Reading, expectation: string, hint: string | null = null): undefined {
  const subject = node.key === null ? 'it' : `"${node.key}"`
  problems.error(node, `${subject} must be ${expectation}, not ${describe(node)}`, hint)
  return undefined
}

/** The text of a scalar, its variables filled in; a number or a truth value counts as it is written. */
export function readText(node: Node, reading: Reading, expectation: string): string | undefined {
  if (node.tag !== 'scalar' || node.value === null) return wrong(node, reading, expectation)
  if (typeof node.value !== 'string') return node.source
  if (node.value.includes('\0')) return wrong(node, reading, 'a text without NUL characters')
  return reading.fill === null ? node.value : (reading.fill(node.value, node) ?? undefined)
}

/** A text; a number or a truth value counts as it is written. */
export const anyText: Schema = { type: ['string', 'number', 'boolean'] }

/** A value that is made of a text. `parse` gives null for a text that is none. */
export function parsed<T>(
  expectation: string,
  parse: (text: string, reading: Reading) => T | null,
  schema: Schema = anyText,
): Reader<T> {
  return {
    schema,
    read(node, reading) {
      const text = readText(node, reading, expectation)
      if (text === undefined) return undefined
      const value = parse(text, reading)
      return value === null ? wrongText(text, node, { reading, expectation }) : value
    },
  }
}

/** As `wrong`, for a text: shows what its variables made of it, and says which of them is the likely cause. */
export function wrongText(
  text: string,
  node: Node,
  {
    reading,
    expectation,
    hint,
  }: { readonly reading: Reading; readonly expectation: string; readonly hint?: string | null },
): undefined {
  const [, variable] = /\$\{?(\w+)\}?/.exec(text) ?? []
  const unset = variable === undefined || reading.fill === null ? null : `the variable ${variable} is not set`
  const isText = node.tag === 'scalar' && typeof node.value === 'string'
  return wrong(isText ? textNode(text, node) : node, reading, expectation, unset ?? hint ?? null)
}

/** The suggestion for a near miss, or null. */
export function didYouMean(found: string, candidates: Iterable<string>): string | null {
  const near = nearMiss(found, candidates)
  return near === null ? null : `did you mean "${near}"?`
}

/** As the reader, but an empty text counts as if the key were not there, as in pmon3's exports and procmon's files. */
export function orBlank<T>(reader: Reader<T>): Reader<T> {
  return {
    schema: reader.schema,
    read(node, reading) {
      if (node.tag !== 'scalar' || typeof node.value !== 'string') return reader.read(node, reading)
      const text = readText(node, reading, 'a text')
      return text === undefined || text === '' ? undefined : reader.read(node, reading)
    },
  }
}
