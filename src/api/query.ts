import type { Result } from '../lib/result.ts'
import { refused, type Refusal } from '../wire/refusal.ts'
import { parse } from './schemas/parse.ts'
import type { JsonSchema, Schema } from './schemas/schema.ts'

const yes: ReadonlySet<string> = new Set(['', '1', 'true'])
const no: ReadonlySet<string> = new Set(['0', 'false'])

/**
 * Reads the part of an address after its `?`. A flag is set by `follow`, `follow=1` or `follow=true`. Fails as `parse`
 * does, naming the key: [AP40].
 */
export function parseQuery<T>(schema: Schema<T>, query: URLSearchParams): Result<T, Refusal> {
  const twice = [...query.keys()].find((key) => query.getAll(key).length > 1)
  if (twice !== undefined) return refused('bad-request', `The query has "${twice}" more than once.`)
  const known = new Map<string, JsonSchema>(Object.entries(schema.properties ?? {}))
  const values = [...query].map(([key, text]) => [key, valueOf(text, known.get(key))] as const)
  return parse(schema, Object.fromEntries(values), 'The query')
}

/** What a text stands for, where its schema wants no text; else the text, for the schema to find fault with. */
function valueOf(text: string, schema: JsonSchema | undefined): string | number | boolean {
  if (schema?.type === 'boolean' && (yes.has(text) || no.has(text))) return yes.has(text)
  return schema?.type === 'integer' && /^\d{1,15}$/.test(text) ? Number(text) : text
}
