// Reads one source file as far as the architecture needs it: what it imports, and its code without comments and strings.

export interface Import {
  readonly specifier: string
  /** Gone at run time: `import type …`, `export type … from`, or every name marked `type`. */
  readonly typeOnly: boolean
}

/** Returns every import and re-export of a TypeScript source, in the order they stand there. */
export function importsOf(source: string): Import[] {
  const code = blank(source)
  return statements.flatMap((statement) => [...code.matchAll(statement)].map((match) => read(source, match)))
}

const names = String.raw`\{[^{}]*\}`
const star = String.raw`\*(?:\s*as\s+[\w$]+)?`
const clause = String.raw`(?<clause>type\s+(?:${names}|${star}|[\w$]+)|(?:[\w$]+\s*,\s*)?(?:${names}|${star}|[\w$]+))`
// Each ends in the opening quote; the specifier is then read from the source, since `blank` has emptied the string.
const statements = [
  new RegExp(String.raw`\b(?:import|export)\s*${clause}\s*from\s*['"]`, 'g'),
  /\bimport\s*['"]/g,
  /\b(?:import|require)\s*\(\s*['"`]/g,
]

function read(source: string, match: RegExpMatchArray): Import {
  const start = (match.index ?? 0) + match[0].length
  const quote = source.charAt(start - 1)
  return {
    specifier: source.slice(start, source.indexOf(quote, start)),
    typeOnly: isTypeOnly(match.groups?.['clause']),
  }
}

function isTypeOnly(text = ''): boolean {
  if (/^type\s/.test(text)) return true
  if (!text.startsWith('{')) return false
  const imported = text
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return imported.length > 0 && imported.every((name) => name.startsWith('type '))
}

/**
 * Returns the source with comments, and what stands in strings, templates and regular expressions, replaced by spaces:
 * same length, same lines, quotes kept. What stands in the `${…}` of a template is code and stays.
 */
export function blank(source: string): string {
  const open: number[] = [] // for each `${` that we are in: how many braces are open in it
  let out = ''
  while (out.length < source.length) {
    const token = tokenAt(source, out, open.at(-1) === 0)
    if (token.startsWith('`') || (token.startsWith('}') && open.at(-1) === 0)) {
      if (token.startsWith('}')) open.pop()
      if (token.endsWith('${')) open.push(0)
      out += emptied(token)
    } else if (token.length > 1) {
      out += emptied(token)
    } else {
      const depth = open.pop()
      if (depth !== undefined) open.push(depth + (token === '{' ? 1 : token === '}' ? -1 : 0))
      out += token
    }
  }
  return out
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const quoted = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y
const template = /`(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
const templateGoesOn = /\}(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
// After one of these a slash begins a regular expression; after anything else it divides.
const beforeRegex = /(?:^|[(,=:[!&|?{};>]|\b(?:return|typeof|case|of|in))\s*$/

function tokenAt(source: string, before: string, inTemplate: boolean): string {
  const kinds = [comment, quoted, template]
  if (inTemplate) kinds.push(templateGoesOn)
  if (beforeRegex.test(before.slice(-80))) kinds.push(regex)
  for (const kind of kinds) {
    kind.lastIndex = before.length
    const found = kind.exec(source)?.[0]
    if (found !== undefined) return found
  }
  return source.charAt(before.length)
}

// A comment goes whole; of anything else its marks stay: the quotes, and the `${` and `}` that code follows or precedes.
function emptied(token: string): string {
  const spaces = token.replace(/[^\n]/g, ' ')
  if (token.startsWith('//') || token.startsWith('/*')) return spaces
  const end = token.endsWith('${') ? 2 : 1
  return token.charAt(0) + spaces.slice(1, -end) + token.slice(-end)
}
