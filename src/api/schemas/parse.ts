import { nearMiss } from '../../lib/near-miss.ts'
import { success, type Result } from '../../lib/result.ts'
import { listOf } from '../../lib/text.ts'
import { refused, type Refusal } from '../../wire/refusal.ts'
import type { JsonSchema, JsonType, Schema } from './schema.ts'

/**
 * Reads what came from outside. The first thing that is wrong is a `bad-request` that names its key: [AP7].
 * @param whole what the value is called: `The body`
 */
export function parse<T>(schema: Schema<T>, value: unknown, whole: string): Result<T, Refusal> {
  const problem = problemOf(schema, value, { whole, path: '' })
  // The one place where an outside value becomes a trusted one.
  return problem === null ? success(value as T) : refused('bad-request', problem.message, problem.hint)
}

interface Problem {
  readonly message: string
  readonly hint?: string
}

/** Where we are: in the whole, or at a path such as `processes[2].name` in it. */
interface Place {
  readonly whole: string
  readonly path: string
}

function problemOf(schema: JsonSchema, value: unknown, place: Place): Problem | null {
  if (schema.anyOf !== undefined) return problemOfAny(schema.anyOf, value, place)
  if (!isOfType(schema, value) || !isInRange(schema, value))
    return { message: `${subject(place)} must be ${expectedBy(schema)}, not ${nounOf(value)}.` }
  if (Array.isArray(value)) return problemInList(schema, value, place)
  return isObject(value) ? problemInObject(schema, value, place) : null
}

/** Of several forms, the one that fits best tells what is wrong: that whose type is right. */
function problemOfAny(forms: readonly JsonSchema[], value: unknown, place: Place): Problem | null {
  const problems = forms.map((form) => problemOf(form, value, place))
  if (problems.includes(null)) return null
  const sameType = forms.findIndex((form) => isOfType(form, value))
  if (sameType >= 0) return problems[sameType] ?? null
  return { message: `${subject(place)} must be ${expectedBy({ anyOf: forms })}, not ${nounOf(value)}.` }
}

function problemInList({ items = {} }: JsonSchema, value: readonly unknown[], { whole, path }: Place): Problem | null {
  for (const [at, one] of value.entries()) {
    const problem = problemOf(items, one, { whole, path: `${path}[${at}]` })
    if (problem !== null) return problem
  }
  return null
}

function problemInObject(schema: JsonSchema, value: Readonly<Record<string, unknown>>, place: Place): Problem | null {
  const { properties = {}, required = [], additionalProperties = true } = schema
  const known = new Map(Object.entries(properties))
  const more = additionalProperties === true ? {} : additionalProperties
  for (const [key, one] of Object.entries(value)) {
    const expected = known.get(key) ?? more
    if (expected === false) return unknownKey(key, [...known.keys()], place)
    const path = place.path === '' ? key : `${place.path}.${key}`
    const problem = problemOf(expected, one, { whole: place.whole, path })
    if (problem !== null) return problem
  }
  const missing = required.filter((key) => !Object.hasOwn(value, key))
  if (missing.length === 0) return null
  return { message: `${subject(place)} lacks ${listOf(missing.map((key) => `"${key}"`))}.` }
}

function unknownKey(key: string, known: readonly string[], place: Place): Problem {
  const message = `${subject(place)} has an unknown key "${key}".`
  const near = nearMiss(key, known)
  if (near !== null) return { message, hint: `Did you mean "${near}"?` }
  return { message, hint: known.length === 0 ? 'It takes none.' : `The keys are ${known.join(', ')}.` }
}

function subject({ whole, path }: Place): string {
  return path === '' ? whole : `"${path}"`
}

function isOfType({ type }: JsonSchema, value: unknown): boolean {
  if (type === undefined) return true
  const types: readonly JsonType[] = typeof type === 'string' ? [type] : type
  return types.some((one) => typeChecks[one](value))
}

const typeChecks: Readonly<Record<JsonType, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isSafeInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

function isInRange(schema: JsonSchema, value: unknown): boolean {
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, minItems = 0, pattern = '' } = schema
  if (typeof value === 'number') return value >= minimum && value <= maximum
  if (Array.isArray(value)) return value.length >= minItems
  if (typeof value !== 'string') return true
  return value.length >= minLength && new RegExp(pattern).test(value) && (schema.enum?.includes(value) ?? true)
}

const nouns: Readonly<Record<JsonType, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

/** What a value should be, in words: `milliseconds from 0 to 10`. */
function expectedBy(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(expectedBy))].join(' or ')
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' or ')
  const { type, title, minimum, maximum } = schema
  const types: readonly JsonType[] = typeof type === 'string' ? [type] : (type ?? [])
  const noun = title ?? types.map((one) => nouns[one]).join(' or ')
  if (minimum === undefined) return noun
  return maximum === undefined ? `${noun} from ${minimum} on` : `${noun} from ${minimum} to ${maximum}`
}

/** How a value is named in a sentence about it. */
function nounOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isObject(value)) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
