import type { Problems } from './problem.ts'
import { Unbuildable, type Parsed, type SyntaxProblem } from './syntax.ts'
import type { Node, Place } from './tree.ts'

export type Format = 'toml' | 'yaml' | 'json'

const top: Place = { at: { line: 1, column: 1 }, key: null }

/**
 * Reads a text into the one tree.
 * @returns undefined after a syntax problem was told, null for a text that says nothing
 */
export async function parse(text: string, format: Format, problems: Problems): Promise<Node | null | undefined> {
  const parser = await parserOf(format)
  const parsed = parseSafely(parser, text.startsWith('\uFEFF') ? text.slice(1) : text)
  if (parsed.ok) return parsed.root
  for (const { at, message } of onePerLine(parsed.errors)) problems.error({ ...top, at }, message)
  return undefined
}

/** The format, by the ending of the name; a file without a known one is told by its first lines. [CF3] */
export function formatOf(path: string, text: string): Format {
  const ending = /\.(toml|ya?ml|json)$/i.exec(path)?.[1]?.toLowerCase()
  if (ending === 'toml' || ending === 'json') return ending
  if (ending !== undefined) return 'yaml'
  const lines = text.split('\n').filter((line) => !/^\s*(?:#.*)?$/.test(line))
  if (/^\s*[[{]\s*(?:["{\]}]|$)/.test(lines[0] ?? '')) return 'json'
  return lines.some((line) => /^\s*(?:\[{1,2}[\w.\s"-]+\]{1,2}\s*(?:#.*)?$|[\w.-]+\s*=)/.test(line)) ? 'toml' : 'yaml'
}

/** Loaded only when a file of that format is there: a call of the command line should not pay for three parsers. */
async function parserOf(format: Format): Promise<(text: string) => Parsed> {
  switch (format) {
    case 'toml':
      return (await import('./parse-toml.ts')).parseToml
    case 'yaml':
      return (await import('./parse-yaml.ts')).parseYaml
    case 'json':
      return (await import('./parse-json.ts')).parseJson
  }
}

function parseSafely(parser: (text: string) => Parsed, text: string): Parsed {
  try {
    return parser(text)
  } catch (error) {
    if (error instanceof Unbuildable) return { ok: false, errors: [error] }
    // The parsers recurse: a file of nothing but brackets ends their stack.
    if (error instanceof RangeError) return { ok: false, errors: [{ at: top.at, message: 'it is nested too deeply' }] }
    throw error
  }
}

/** After the first error of a line the others are mostly its echo, and after ten lines a reader needs no more. */
function onePerLine(errors: readonly SyntaxProblem[]): readonly SyntaxProblem[] {
  const first = new Map<number, SyntaxProblem>()
  for (const error of errors) if (!first.has(error.at.line)) first.set(error.at.line, error)
  return [...first.values()].slice(0, 10)
}
