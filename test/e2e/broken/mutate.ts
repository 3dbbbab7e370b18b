// Breaks a good file in one place, in a way that nothing can make sense of.
import type { Sample } from './good.ts'

/** In [0, 1). */
export type Dice = () => number

export interface Broken {
  /** What was done, for the message of a failing test. */
  readonly what: string
  readonly name: string
  readonly text: string
  /** The line that a problem has to name; null where any will do: what a missing quote breaks is often seen further on. */
  readonly line: number | null
}

/** Breaks one of the samples; the dice decide which and how. */
export function breakOne(samples: readonly Sample[], dice: Dice): Broken {
  for (;;) {
    const { name, text } = pick(samples, dice)
    const [what, mutate] = pick(mutations, dice)
    const done = mutate(text, dice)
    if (done === null) continue
    const at = done.line === null ? '' : ` in line ${done.line}`
    return { what: `${name}: ${what}${at}`, name, ...done }
  }
}

/** A line with a key and a value: `  - name: db`, `path = "x"`, `"file": "y",`. */
interface Entry {
  /** Everything before the key. */
  readonly before: string
  readonly key: string
  /** `: ` or ` = `, with the quote that ends the key in JSON. */
  readonly is: string
  readonly value: string
  /** The comma, in JSON. */
  readonly after: string
}

interface Rule {
  readonly fits: (entry: Entry, place: { readonly lines: readonly string[]; readonly index: number }) => boolean
  readonly change: (entry: Entry, dice: Dice) => Partial<Entry>
  /** Where the problem is told: in this very line, or anywhere. */
  readonly told?: 'anywhere'
}

type Mutation = (text: string, dice: Dice) => { readonly text: string; readonly line: number | null } | null

const words = ['restart', 'condition', 'kill_mode', 'stop_signal', 'signal', 'type']
const numbers = ['umask', 'perm', 'factor', 'burst', 'retries', 'nofile']

const mutations: readonly (readonly [what: string, mutate: Mutation])[] = [
  [
    'a letter too many in a key',
    inLine({ fits: hasOurKey, change: ({ key }, dice) => ({ key: insert(key, 'x', dice) }) }),
  ],
  [
    'a list of lists',
    inLine({
      fits: (entry) => hasOurKey(entry) && entry.value !== '[',
      change: () => ({ value: '[["a"], ["b"]]' }),
    }),
  ],
  ['a number for a name', inLine({ fits: isProcessName, change: () => ({ value: '12' }) })],
  [
    'a name that is none',
    inLine({
      fits: isProcessName,
      change: (_, dice) => ({ value: pick(['"-x"', '"a b"', '"a/b"', '""', '"123"', '".x"'], dice) }),
    }),
  ],
  [
    'a parent that is not there',
    inLine({ fits: ({ key }) => key === 'parent', change: () => ({ value: '"nobody"' }) }),
  ],
  [
    'itself as parent',
    inLine({
      fits: isProcessName,
      change: (entry) => ({
        value: `${entry.value}${entry.after}\n${entry.before.replace('-', ' ')}parent${entry.is}${entry.value}`,
      }),
      told: 'anywhere',
    }),
  ],
  [
    'a duration that is none',
    inLine({
      fits: ({ value }) => /^"?\d+(?:ms|s|m|h)"?$/.test(value),
      change: (_, dice) => ({ value: pick(['"10 parsecs"', '"soon"', '"5"', '"1s2"', '"s"'], dice) }),
    }),
  ],
  [
    'a word that means nothing here',
    inLine({ fits: ({ key }) => words.includes(key), change: () => ({ value: '"whatever"' }) }),
  ],
  ['a number out of range', inLine({ fits: ({ key }) => numbers.includes(key), change: () => ({ value: '"-9"' }) })],
  ['the name of another', nameOfAnother],
  [
    'a key twice',
    inLine({
      fits: (entry) => hasOurKey(entry) && !entry.before.includes('-'),
      change: ({ before, key, is, value, after }) => ({
        value: `${value}${after || (is.startsWith('"') ? ',' : '')}\n${before}${key}${is}${value}`,
      }),
      told: 'anywhere',
    }),
  ],
  [
    'a quote that does not end',
    inLine({
      fits: ({ value }) => /^"[^"]*"$/.test(value),
      change: ({ value }) => ({ value: value.slice(0, -1) }),
      told: 'anywhere',
    }),
  ],
  [
    'a bracket that does not close',
    inLine({
      fits: ({ value }) => /^\[.*\]$/.test(value),
      change: ({ value }) => ({ value: value.slice(0, -1) }),
      told: 'anywhere',
    }),
  ],
  [
    'a bracket too many',
    inLine({
      fits: ({ value }) => /^["[].*["\]]$/.test(value),
      change: ({ value }, dice) => ({ value: `${value}${pick([']', '}', ']]'], dice)}` }),
      told: 'anywhere',
    }),
  ],
  [
    'a control character',
    inLine({
      fits: ({ value }) => /^".+"$/.test(value),
      change: ({ value }) => ({ value: `"\u0000${value.slice(1)}` }),
      told: 'anywhere',
    }),
  ],
  ['an end in mid-word', endInMidWord],
  [
    'something before it',
    (text, dice) => ({ text: `${pick(['}{', ']', '\t- : -\n', '= 5\n', '"'], dice)}${text}`, line: null }),
  ],
  [
    'noise in its place',
    (_, dice) => ({
      text: Array.from({ length: 200 }, () => String.fromCharCode(1 + Math.floor(dice() * 0x2fff))).join(''),
      line: null,
    }),
  ],
]

/** Keys of the dialects have small letters in them; those below `env` are the user's own, and may be anything. */
function hasOurKey({ key, value }: Entry): boolean {
  return /[a-z]/.test(key) && value !== ''
}

/** The name of a process, not that of a monitor or of a dependency. */
function isProcessName({ key }: Entry, { lines, index }: { lines: readonly string[]; index: number }): boolean {
  const head =
    lines.slice(0, index + 1).findLast((line) => /^\s*(?:\[\[|- |\{)|monitors:|dependencies:/.test(line)) ?? ''
  return /^name$/i.test(key) && /^(?:\[\[(?:task|Processes)\]\]| {2}- | {4}\{)/.test(head)
}

/** Changes one line that fits. */
function inLine({ fits, change, told }: Rule): Mutation {
  return (text, dice) => {
    const lines = text.split('\n')
    const fitting = lines.flatMap((line, index) => {
      const entry = entryOf(line)
      return entry !== null && fits(entry, { lines, index }) ? [{ entry, index }] : []
    })
    if (fitting.length === 0) return null
    const { entry, index } = pick(fitting, dice)
    const { before, key, is, value, after } = { ...entry, ...change(entry, dice) }
    const changed = lines.with(index, `${before}${key}${is}${value}${after}`)
    return { text: changed.join('\n'), line: told === 'anywhere' ? null : index + 1 }
  }
}

function nameOfAnother(text: string, dice: Dice): ReturnType<Mutation> {
  const lines = text.split('\n')
  const names = lines.flatMap((line, index) => {
    const entry = entryOf(line)
    return entry !== null && isProcessName(entry, { lines, index }) ? [{ value: entry.value, index }] : []
  })
  const [first, ...others] = names
  const { value, index } = pick(others, dice)
  return { text: lines.with(index, lines[index]!.replace(value, first!.value)).join('\n'), line: index + 1 }
}

function endInMidWord(text: string, dice: Dice): ReturnType<Mutation> {
  const quotes = [...text.matchAll(/"\w{3,}"/g)].map((match) => match.index)
  return quotes.length === 0 ? null : { text: text.slice(0, pick(quotes, dice) + 3), line: null }
}

function entryOf(line: string): Entry | null {
  const found = /^(?<before>\s*(?:- )?"?)(?<key>[A-Za-z_]+)(?<is>"?\s*[:=]\s*)(?<value>.*?)(?<after>,?)$/.exec(line)
  return (found?.groups as Entry | undefined) ?? null
}

function insert(text: string, letter: string, dice: Dice): string {
  const at = 1 + Math.floor(dice() * (text.length - 1))
  return `${text.slice(0, at)}${letter}${text.slice(at)}`
}

function pick<T>(items: readonly T[], dice: Dice): T {
  return items[Math.floor(dice() * items.length)]!
}
