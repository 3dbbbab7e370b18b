import { failure, success, type Result } from '../lib/result.ts'
import type { Entry } from '../wire/entry.ts'
import { execFlags, type ExecFlag } from './exec-flags.generated.ts'

export { execFlags, type ExecFlag } from './exec-flags.generated.ts'

/** Those that also change a process that there is: the flags of `restart` and `start` (pmon3 1.4). */
export const changeFlags: readonly ExecFlag[] = execFlags.filter(({ name }) =>
  ['no-autorestart', 'autorestart', 'user', 'log', 'log-dir', 'args', 'env-vars', 'dependencies'].includes(name),
)

/** Given flags by their name in the table: their values in order, or true for one that has none. */
export type GivenFlags = ReadonlyMap<string, readonly string[] | true>

/**
 * The declaration that flags say. Names that are no flags of the table are left to the command. [CD30]
 * @returns `usage` where a value cannot be what its flag needs, or two flags say the same key
 */
export function entryOf(given: GivenFlags): Result<Entry> {
  const entry = new Map<string, unknown>()
  for (const flag of execFlags) {
    const values = given.get(flag.name)
    if (values === undefined) continue
    const value = values === true ? success(flag.gives ?? true) : valueOf(flag, values)
    if (!value.ok) return value
    const put = putAt(entry, flag, value.value)
    if (!put.ok) return put
  }
  return success(Object.fromEntries(entry))
}

function valueOf({ name, path, kind, commas, json }: ExecFlag, values: readonly string[]): Result<unknown> {
  switch (path.join('.')) {
    case 'env':
      return variables(values)
    case 'env_vars':
      return success(values.join(' '))
    case 'args':
      return success(values.at(-1) ?? '')
  }
  const read = (text: string): Result<unknown> => (json === true ? jsonOrText(name, text) : success(text))
  if (kind === 'text') return read(values.at(-1) ?? '')
  const items: unknown[] = []
  for (const text of commas === true ? values.flatMap(atCommas) : values) {
    const item = read(text)
    if (!item.ok) return item
    items.push(...(Array.isArray(item.value) ? item.value : [item.value]))
  }
  return success(items)
}

/** `A=1`, again and again. */
function variables(texts: readonly string[]): Result<Entry> {
  const all = new Map<string, string>()
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1) return failure('usage', `--env: "${text}" is not NAME=VALUE.`, 'Write one variable for each --env.')
    all.set(text.slice(0, at), text.slice(at + 1))
  }
  return success(Object.fromEntries(all))
}

/** What begins like a table or a list of JSON is one; anything else is a text. */
function jsonOrText(name: string, text: string): Result<unknown> {
  if (!/^\s*(?:\{|\[\s*["{[\]])/.test(text)) return success(text)
  try {
    return success(JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return failure('usage', `--${name} begins like JSON and is none: ${text}`)
  }
}

function atCommas(text: string): readonly string[] {
  if (/^\s*[{[]/.test(text)) return [text]
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** `--backoff-initial` says a part of what `--backoff` says, and both may be there. */
function putAt(entry: Map<string, unknown>, { name, path: [key = '', inner] }: ExecFlag, value: unknown): Result<null> {
  const before = entry.get(key)
  if (inner === undefined) {
    const other =
      before === undefined ? undefined : execFlags.find((flag) => flag.path[0] === key && flag.name !== name)
    if (other !== undefined) return failure('usage', `--${other.name} and --${name} contradict each other.`)
    entry.set(key, value)
  } else if (before === undefined || (typeof before === 'object' && before !== null && !Array.isArray(before))) {
    entry.set(key, { ...before, [inner]: value })
  } else {
    const outer = `--${key.replaceAll('_', '-')}`
    return failure(
      'usage',
      `--${name} does not go together with ${outer} as a text.`,
      `Write ${outer} as JSON, or leave it out.`,
    )
  }
  return success(null)
}

/**
 * Problems of a declaration in the words of the command line: `stop_timeout: must be …` → `--stop-timeout: must be …`.
 * A supervisor tells them under the keys, a line each.
 */
export function inFlags(problems: string): string {
  return problems
    .split('\n')
    .map((line) =>
      line.replace(/^([a-z_]+)(?:\.([a-z_]+))?(?=[.:[])/, (written, key: string, inner?: string) =>
        flagFor(written, key, inner),
      ),
    )
    .join('\n')
}

function flagFor(written: string, key: string, inner: string | undefined): string {
  const path = [key, ...(inner === undefined ? [] : [inner])]
  const exact = execFlags.find((flag) => flag.path.join('.') === path.join('.'))
  if (exact !== undefined) return `--${exact.name}`
  const outer = execFlags.find((flag) => flag.path.join('.') === key)
  return outer === undefined ? written : `--${outer.name}${written.slice(key.length)}`
}
