import { splitWords } from './words.ts'

/** A hook as pmon3 has it: one text. */
export interface HookLine {
  /** `NAME=value` words before the program. */
  readonly env: ReadonlyMap<string, string>
  readonly command: readonly [string, ...string[]]
}

/** Words that only a shell would make something of. */
const ofShells = /^(?:[|&;]|\|\||&&|;;|\d?>>?|<|2>&1)$|^\$\(|^`|^[12]?>>?[^\s>]|^\$\w|^\$\{/

/**
 * Splits what is configured for an event of pmon3: shell words, of which leading `NAME=value` are environment. No shell
 * runs it. [HK5]
 * @returns a text: why it cannot be run
 */
export function parseHookLine(text: string): HookLine | string {
  const found = splitWords(text, { variables: false })
  if (!found.ok) return found.why
  const first = found.words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word))
  const [program, ...args] = first < 0 ? [] : found.words.slice(first)
  if (program === undefined || program === '') return 'it names no program'
  const settings = found.words.slice(0, first).map((word): [string, string] => {
    const at = word.indexOf('=')
    return [word.slice(0, at), word.slice(at + 1)]
  })
  return { env: new Map(settings), command: [program, ...args] }
}

/** A word of it that a shell would not take as it is; null: there is none. */
export function shellWordIn({ command }: HookLine): string | null {
  return command.find((word) => ofShells.test(word)) ?? null
}
