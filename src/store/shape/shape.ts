/**
 * Says what is wrong with a value that should be a T, with the way to it (`.env.set: not a map`); null: it is one.
 * Keys beyond those of T are let through.
 */
export interface Shape<T> {
  (value: unknown): string | null
  /** Holds the type; never there. */
  readonly of?: T
}

/**
 * One shape for each key of T: a key that is added to T and not here is a type error, as long as T is named (`object<T>`)
 * and not inferred.
 */
export type Fields<T> = { readonly [K in keyof T]-?: Shape<T[K]> }

export const text: Shape<string> = (value) => (typeof value === 'string' ? null : ': not a text')
export const number: Shape<number> = (value) => (typeof value === 'number' ? null : ': not a number')
export const truth: Shape<boolean> = (value) => (typeof value === 'boolean' ? null : ': neither true nor false')

/** This value and no other. */
export function exactly<T extends boolean>(only: T): Shape<T> {
  return (value) => (value === only ? null : `: not ${only}`)
}

/** One of these words. */
export function word<T extends string>(...words: readonly T[]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(words)
  return (value) => (known.has(value) ? null : `: none of ${words.join(', ')}`)
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value))
}

/** For a key that may be missing. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? null : shape(value))
}

export function either<A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> {
  return (value) => (one(value) === null ? null : other(value))
}

/** For a shape that holds itself. */
export function lazy<T>(shape: () => Shape<T>): Shape<T> {
  return (value) => shape()(value)
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return ': not a list'
    return firstWrong(value.entries(), item)
  }
}

/** A list that is not empty. */
export function someOf<T>(item: Shape<T>): Shape<readonly [T, ...T[]]> {
  const any = list(item)
  return (value) => (Array.isArray(value) && value.length === 0 ? ': empty' : any(value))
}

/** A map from texts; whether they are among the names K is not looked at. */
export function mapOf<T, K extends string = string>(item: Shape<T>): Shape<ReadonlyMap<K, T>> {
  return (value) => {
    if (!(value instanceof Map)) return ': not a map'
    return firstWrong(value.entries(), item)
  }
}

/** An object whose keys nobody knows beforehand. */
export function record<T = unknown>(item: Shape<T> = () => null): Shape<Readonly<Record<string, T>>> {
  return (value) => (isRecord(value) ? firstWrong(Object.entries(value), item) : ': not an object')
}

export function object<T>(fields: Fields<T>): Shape<T> {
  const shapes = Object.entries<Shape<unknown>>(fields)
  return (value) => {
    if (!isRecord(value)) return ': not an object'
    for (const [key, shape] of shapes) {
      const wrong = shape(value[key])
      if (wrong !== null) return `.${key}${wrong}`
    }
    return null
  }
}

/** A union told apart by `tag`: for each tag the fields that come with it. */
export function union<T extends { readonly tag: string }>(cases: Cases<T, 'tag'>): Shape<T> {
  return casesBy('tag', cases)
}

/** A union told apart by `kind`. */
export function kinds<T extends { readonly kind: string }>(cases: Cases<T, 'kind'>): Shape<T> {
  return casesBy('kind', cases)
}

type Cases<T extends Readonly<Record<K, string>>, K extends string> = {
  readonly [Tag in T[K]]: Fields<Omit<Extract<T, Readonly<Record<K, Tag>>>, K>>
}

function casesBy<T>(key: string, cases: Readonly<Record<string, Fields<object>>>): Shape<T> {
  const shapes = new Map(Object.entries(cases).map(([tag, fields]) => [tag, object(fields)]))
  return (value) => {
    if (!isRecord(value)) return ': not an object'
    const tag = value[key]
    const shape = typeof tag === 'string' ? shapes.get(tag) : undefined
    return shape === undefined ? `.${key}: unknown` : shape(value)
  }
}

function firstWrong(entries: Iterable<[unknown, unknown]>, item: Shape<unknown>): string | null {
  for (const [key, part] of entries) {
    const wrong = item(part)
    if (wrong !== null) return `[${String(key)}]${wrong}`
  }
  return null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
}
