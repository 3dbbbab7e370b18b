import type { Check } from '../core/check.ts'
import { allKeys, formsSchema, formsWith, type Form } from './check-forms.ts'
import { compose, type composing } from './compose.ts'
import { anyOf, type Schema } from './json-schema.ts'
import { didYouMean, readText, wrong, type Reader, type Reading } from './reader.ts'
import { table, type Keys, type Values } from './table.ts'
import { textNode, type Node, type Scalar, type Table } from './tree.ts'

/** A check, and what stood beside it in the same table. */
export interface Checked<E extends Keys> {
  readonly check: Check
  /** Its kind of probe or composition: `http`, `any`. */
  readonly kind: string
  readonly extras: Values<E>
}

type Forms = ReadonlyMap<string, Form>

const expectation = 'a check such as http://localhost:8080/health, tcp:5432, redis:6379 or exec: test -e ready'

/**
 * A check of our dialect: a short text (`tcp:5432`), or a table with one kind of probe or with `all`, `any` or `not`.
 * [CD12] [CD13]
 * @param extras keys that may stand beside it where it is used, such as `period`
 */
export function checkReader<E extends Keys>(extras: E): Reader<Checked<E>> {
  const forms = formsWith(extras, nested)
  return {
    get schema() {
      return anyOf(shortSchema, formsSchema(forms))
    },
    read(written, given) {
      const found = withoutVariable(written, given)
      if (found === undefined) return undefined
      const { node, reading } = found
      if (node.tag === 'table') return readForm<E>(node, forms, reading)
      if (node.tag === 'list' || typeof node.value !== 'string') return wrong(node, reading, expectation)
      return readShort<E>(node, forms, reading)
    },
  }
}

/** The schema of a check without extras, to which those inside a composition point. */
export function checkSchema(): Schema {
  return checkReader({}).schema
}

const shortSchema: Schema = { type: 'string', pattern: '^(https?|tcp|redis|grpc|exec|file|dir|port-free):|\\$' }

const nested: Reader<Check> = {
  schema: { $ref: '#/definitions/check' },
  read: (node, reading) => (plain ??= checkReader({})).read(node, reading)?.check,
}
let plain: Reader<Checked<Keys>> | undefined

function readForm<E extends Keys>(node: Table, forms: Forms, reading: Reading): Checked<E> | undefined {
  const kind = kindOf(node, forms, reading)
  const form = forms.get(kind ?? '')
  if (kind === null || form === undefined) return undefined
  const values = table(form.keys, (name) => ownerHint(name, forms)).read(node, reading) ?? {}
  const check = form.build(values)
  // Read by the keys of the form, which has those of `composing` and the extras.
  const known = values as Values<typeof composing> & Values<E>
  return check === null ? undefined : { check: compose(check, known), kind, extras: known }
}

function kindOf(node: Table, forms: Forms, reading: Reading): string | null {
  const [kind, other] = [...node.members.keys()].filter((name) => forms.has(name))
  if (kind === undefined) {
    // A slip in the key that tells the kind is told as the unknown key that it is.
    table(allKeys(forms)).read(node, reading)
    reading.problems.error(node, 'the check does not say what to ask', `it may be ${[...forms.keys()].join(', ')}`)
  } else if (other !== undefined) {
    const message = `a check is of one kind, and this is "${kind}" and "${other}"`
    reading.problems.error(node.members.get(other) ?? node, message, 'put both into a list under "all" or "any"')
  }
  return other === undefined ? (kind ?? null) : null
}

/** Where a key belongs that stands in a check of another kind. */
function ownerHint(name: string, forms: Forms): string | null {
  const owner = [...forms].find(([, { keys }]) => Object.hasOwn(keys, name))
  return owner === undefined ? null : `it belongs to a check of the kind "${owner[0]}"`
}

/**
 * A text that begins with a variable, with what the variable holds: only then it says what kind of check it is. Any
 * other node as it is; undefined after a problem was told.
 */
export function withoutVariable(node: Node, reading: Reading): { node: Node; reading: Reading } | undefined {
  const begins = node.tag === 'scalar' && typeof node.value === 'string' && node.value.trimStart().startsWith('$')
  if (!begins || reading.fill === null) return { node, reading }
  const filled = readText(node, reading, expectation)
  return filled === undefined ? undefined : { node: textNode(filled, node), reading: { ...reading, fill: null } }
}

/** `tcp:5432` is read as the table `{ tcp: 5432 }` would be. */
function readShort<E extends Keys>(node: Scalar, forms: Forms, reading: Reading): Checked<E> | undefined {
  const found = kindAndRest(String(node.value))
  if (found === null || !forms.has(found.kind)) {
    return wrong(node, reading, expectation, found === null ? null : didYouMean(found.kind, [...forms.keys(), 'https']))
  }
  const value = textNode(found.rest, { at: node.at, key: found.kind })
  const members = new Map([[found.kind, { at: node.at, key: found.kind, value }]])
  return readForm<E>({ tag: 'table', at: node.at, key: node.key, members }, forms, reading)
}

function kindAndRest(text: string): { kind: string; rest: string } | null {
  const [, scheme, rest] = /^\s*([a-z][a-z-]*):([^]*)$/.exec(text) ?? []
  if (scheme === undefined || rest === undefined) return null
  if (scheme === 'http' || scheme === 'https') return { kind: 'http', rest: text.trim() }
  return {
    kind: scheme,
    rest: scheme === 'exec' || scheme === 'redis' ? rest.trim() : rest.trim().replace(/^\/\//, ''),
  }
}
