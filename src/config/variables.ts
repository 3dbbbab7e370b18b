/** How the variables of a text are filled in. */
export interface Filling {
  /** The value of a variable; undefined: it is not set. */
  readonly lookup: (name: string) => string | undefined
  /** What stands for a variable that is not set, or for braces that hold no variable (`name` null). */
  readonly missing: (written: string, name: string | null) => string
  /** procmon's names may begin with a digit; in ours `$1` is no variable. */
  readonly digits: boolean
}

/** Fills in `$NAME`, `${NAME}`, `${NAME:-default}` and `$$`; any other `$` stays. [CF6] */
export function fillIn(text: string, filling: Filling): string {
  let out = ''
  let from = 0
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
    const { value, end } = variableAt(text, at, filling)
    out += text.slice(from, at) + value
    from = end
  }
  return out + text.slice(from)
}

interface Filled {
  readonly value: string
  /** Where the text goes on after the variable. */
  readonly end: number
}

function variableAt(text: string, at: number, filling: Filling): Filled {
  const next = text.charAt(at + 1)
  if (next === '$') return { value: '$', end: at + 2 }
  if (next === '{') return bracedAt(text, at, filling)
  const plain = filling.digits ? /\w+/y : /[A-Za-z_]\w*/y
  plain.lastIndex = at + 1
  const name = plain.exec(text)?.[0]
  if (name === undefined) return { value: '$', end: at + 1 }
  return { value: filling.lookup(name) ?? filling.missing(`$${name}`, name), end: at + 1 + name.length }
}

function bracedAt(text: string, at: number, filling: Filling): Filled {
  const close = closingBrace(text, at)
  if (close === null) return { value: filling.missing('${', null), end: at + 2 }
  const written = text.slice(at, close + 1)
  const shape = filling.digits ? /^(\w+)(?::-([^]*))?$/ : /^([A-Za-z_]\w*)(?::-([^]*))?$/
  const [, name, fallback] = shape.exec(written.slice(2, -1)) ?? []
  if (name === undefined) return { value: filling.missing(written, null), end: close + 1 }
  const value = filling.lookup(name)
  // As in a shell, the default stands also for a variable that is set to nothing.
  if (fallback !== undefined && (value ?? '') === '') return { value: fillIn(fallback, filling), end: close + 1 }
  return { value: value ?? filling.missing(written, name), end: close + 1 }
}

/** The brace that closes the `${` at this place, or null; a default may hold variables of its own. */
export function closingBrace(text: string, at: number): number | null {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    if (text.startsWith('${', i)) depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  return null
}
