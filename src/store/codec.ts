import { failure, success, type Result } from '../lib/result.ts'

// JSON for values that JSON has no word for. What it has no word for is an object with one key that begins with `$`:
// `{"$map": [[key, value], …]}`, `{"$number": "Infinity"}`; and `{"$object": [[key, value], …]}` for an object one of
// whose own keys begins so.

/**
 * Writes a value of objects, arrays, Maps, texts, truth values, null and any number as a JSON text. A key whose value is
 * undefined counts as not there.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, tagged)
}

/**
 * Reads what `encode` wrote.
 * @returns `undecodable` for any other text
 */
export function decode(text: string): Result<unknown> {
  try {
    return success(untagged(JSON.parse(text)))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return failure('undecodable', error.message)
  }
}

function tagged(_key: string, value: unknown): unknown {
  if (typeof value === 'number') return hasJson(value) ? value : { $number: Object.is(value, -0) ? '-0' : `${value}` }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  if (value instanceof Map) return { $map: [...value] }
  for (const key in value) if (key.startsWith('$')) return { $object: Object.entries(value) }
  return value
}

function hasJson(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0)
}

/** In place, for what was just parsed belongs to nobody else: a thousand processes are 200,000 values. */
function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const parts = value as Record<string, unknown>
  const keys = Object.keys(parts)
  const [first] = keys
  if (keys.length === 1 && first?.startsWith('$') === true) return special(first, parts[first])
  for (const key of keys) {
    const part = parts[key]
    const whole = untagged(part)
    // Not by assignment: `__proto__` is a key like any other.
    if (whole !== part) Object.defineProperty(parts, key, { value: whole })
  }
  return parts
}

function special(tag: string, content: unknown): unknown {
  if (tag === '$number' && typeof content === 'string') return Number(content)
  if (tag === '$map') return new Map(pairs(content))
  if (tag === '$object') return Object.fromEntries(pairs(content))
  throw new SyntaxError(`"${tag}" means nothing here`)
}

function pairs(content: unknown): [string, unknown][] {
  if (!Array.isArray(content)) throw new SyntaxError('a list of pairs was expected')
  return content.map((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
      throw new SyntaxError('a pair of a text and a value was expected')
    }
    return [pair[0], untagged(pair[1])]
  })
}
