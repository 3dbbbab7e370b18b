/** The part of JSON Schema (2020-12) that our schemas need; `parse.ts` knows all of it. */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[]
  /** What the value is called in a sentence: `milliseconds`, `an absolute path`. */
  readonly title?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly minItems?: number
  readonly pattern?: string
  readonly anyOf?: readonly JsonSchema[]
  readonly default?: string | number | boolean
}

export type JsonType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

declare const values: unique symbol
declare const optionality: unique symbol

/** A schema whose values are of type T. */
export interface Schema<T> extends JsonSchema {
  readonly [values]?: T
}

interface Optional {
  readonly [optionality]?: true
}

export type Static<S> = S extends { readonly [values]?: infer T } ? T : never

type Fields = Readonly<Record<string, Schema<unknown>>>
type OptionalKey<F> = { [K in keyof F]: F[K] extends { readonly [optionality]?: true } ? K : never }[keyof F]
type Flat<T> = { readonly [K in keyof T]: T[K] }
type ObjectOf<F extends Fields> = Flat<
  { [K in Exclude<keyof F, OptionalKey<F>>]: Static<F[K]> } & { [K in OptionalKey<F>]?: Static<F[K]> }
>

type Notes = Pick<JsonSchema, 'title' | 'description'>

export function text(notes: Notes & Pick<JsonSchema, 'pattern' | 'minLength'> = {}): Schema<string> {
  return { type: 'string', ...notes }
}

export function word<const W extends string>(words: readonly W[], notes: Notes = {}): Schema<W> {
  return { type: 'string', enum: words, ...notes }
}

export function flag(notes: Notes & { readonly default?: boolean } = {}): Schema<boolean> {
  return { type: 'boolean', ...notes }
}

export function number(notes: Notes & Pick<JsonSchema, 'minimum' | 'maximum'> = {}): Schema<number> {
  return { type: 'number', ...notes }
}

export function integer(notes: Notes & Pick<JsonSchema, 'minimum' | 'maximum' | 'default'> = {}): Schema<number> {
  return { type: 'integer', ...notes }
}

export function list<T>(items: Schema<T>, notes: Notes & Pick<JsonSchema, 'minItems'> = {}): Schema<readonly T[]> {
  return { type: 'array', items, ...notes }
}

/** Any keys, with values of this kind. */
export function dictionary<T>(values: Schema<T>, notes: Notes = {}): Schema<Readonly<Record<string, T>>> {
  return { type: 'object', additionalProperties: values, ...notes }
}

/** Anything at all. */
export function anything(): Schema<unknown> {
  return {}
}

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { type, anyOf, enum: words } = schema
  if (typeof type === 'string' && type !== 'object' && words === undefined) return { ...schema, type: [type, 'null'] }
  return { anyOf: [...(anyOf ?? [schema]), { type: 'null' }] }
}

export function either<const S extends readonly Schema<unknown>[]>(schemas: S): Schema<Static<S[number]>> {
  return { anyOf: schemas }
}

/** These keys and no others. */
export function object<F extends Fields>(properties: F, notes: Notes = {}): Schema<ObjectOf<F>> {
  const required = Object.keys(properties).filter((key) => !optionals.has(properties[key] ?? {}))
  return { type: 'object', properties, required, additionalProperties: false, ...notes }
}

/** A key that an object may lack. */
export function optional<T>(schema: Schema<T>): Schema<T> & Optional {
  const marked = { ...schema }
  optionals.add(marked)
  return marked
}

// Which schemas are optional where they are used is no part of JSON Schema, and so of no schema.
const optionals = new WeakSet<JsonSchema>()
