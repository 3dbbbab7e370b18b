import { closingBrace } from './variables.ts'

/** The words of a text, or what keeps it from having any. */
export type Words =
  { readonly ok: true; readonly words: readonly string[] } | { readonly ok: false; readonly why: string }

/**
 * Splits as a shell does: at blanks; `'…'` takes everything as it is; in `"…"` and outside a backslash takes the next
 * character as it is (in `"…"` only before `"`, `\`, `$`, a backtick and the end of a line). Nothing is expanded.
 * @param variables what is to be filled in later is kept whole (`${X:-a b}`), and a `$` that quotes or a backslash
 *   protect comes out as `$$`
 */
export function splitWords(text: string, { variables }: { readonly variables: boolean }): Words {
  const words: string[] = []
  let word: string | null = null
  for (let i = 0; i < text.length;) {
    const part: Part | string = partAt(text, i, variables)
    if (typeof part === 'string') return { ok: false, why: part }
    if (part.text !== null) word = (word ?? '') + part.text
    else if (word !== null) {
      words.push(word)
      word = null
    }
    i = part.end
  }
  if (word !== null) words.push(word)
  return { ok: true, words }
}

/** A piece of a word (null: a blank between two), and where it ends. */
interface Part {
  readonly text: string | null
  readonly end: number
}

function partAt(text: string, at: number, variables: boolean): Part | string {
  const char = text.charAt(at)
  const literal = (part: string): string => (variables ? part.replaceAll('$', '$$$$') : part)
  if (/\s/.test(char)) return { text: null, end: at + 1 }
  if (char === "'") {
    const end = text.indexOf("'", at + 1)
    return end < 0 ? "a ' is never closed" : { text: literal(text.slice(at + 1, end)), end: end + 1 }
  }
  if (char === '"') return doubleQuotedAt(text, at, variables)
  if (char === '\\')
    return at + 1 < text.length ? { text: literal(text.charAt(at + 1)), end: at + 2 } : 'it ends in a lone \\'
  return variableOrChar(text, at, variables)
}

function doubleQuotedAt(text: string, at: number, variables: boolean): Part | string {
  let out = ''
  for (let i = at + 1; i < text.length;) {
    if (text[i] === '"') return { text: out, end: i + 1 }
    const escaped = text[i] === '\\' && /["\\$`\n]/.test(text.charAt(i + 1))
    const part = escaped
      ? { text: escapedInQuotes(text.charAt(i + 1), variables), end: i + 2 }
      : variableOrChar(text, i, variables)
    out += part.text
    i = part.end
  }
  return 'a " is never closed'
}

function escapedInQuotes(char: string, variables: boolean): string {
  if (char === '\n') return ''
  return variables && char === '$' ? '$$' : char
}

function variableOrChar(text: string, at: number, variables: boolean): { text: string; end: number } {
  const whole =
    variables && (text.startsWith('${', at) ? closingBrace(text, at) : text.startsWith('$$', at) ? at + 1 : null)
  const end = typeof whole === 'number' ? whole + 1 : at + 1
  return { text: text.slice(at, end), end }
}

/** A `NAME=value`, as found in `env_vars` and in an env file. */
export interface Assignment {
  readonly name: string
  readonly value: string
  /** Counts from 1. */
  readonly line: number
}

export type Assignments =
  | { readonly ok: true; readonly assignments: readonly Assignment[] }
  | { readonly ok: false; readonly line: number; readonly why: string }

/**
 * Reads pmon3's `A=1 B=2`. A value that begins with a quote goes to the quote that closes it and may hold blanks; any
 * other quote or backslash is part of the value, as in pmon3.
 */
export function splitAssignments(text: string, { variables }: { readonly variables: boolean }): Assignments {
  const assignments: Assignment[] = []
  const shape = /\s*(?:([^\s='"]+)=(?:'([^']*)'(?!\S)|"([^"]*)"(?!\S)|(\S*))|(\S+))/y
  for (let at = 0; text.slice(at).trim() !== ''; at = shape.lastIndex) {
    shape.lastIndex = at
    const [, name, single, double, plain, other] = shape.exec(text) ?? []
    if (name === undefined) return { ok: false, line: 1, why: `${JSON.stringify(other ?? '')} is not NAME=value` }
    const raw = single === undefined ? (double ?? plain ?? '') : variables ? single.replaceAll('$', '$$$$') : single
    assignments.push({ name, value: raw, line: 1 })
  }
  return { ok: true, assignments }
}

/**
 * Reads an env file: a `NAME=value` per line, `#` begins a comment line, `export ` before a name is left out, a value
 * may stand in quotes. Values are taken as they are: no variables, no escapes. [CD9]
 */
export function readEnvFile(text: string): Assignments {
  const assignments: Assignment[] = []
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = index + 1
    if (/^\s*(?:#.*)?$/.test(written)) continue
    const [, name, value] = /^\s*(?:export\s+)?([^=\0\s]+)\s*=\s*(.*?)\s*$/.exec(written) ?? []
    if (name === undefined || value === undefined) return { ok: false, line, why: 'the line is not NAME=value' }
    const [, , quoted] = /^(['"])(.*)\1$/.exec(value) ?? []
    assignments.push({ name, value: quoted ?? value, line })
  }
  return { ok: true, assignments }
}
