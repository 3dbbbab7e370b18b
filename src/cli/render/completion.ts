import type { Command, Operands } from '../command.ts'
import type { Option } from '../option.ts'
import { everywhere } from '../options.ts'

/** Where the candidates for a word of the command line come from. */
export type Source =
  | { readonly tag: 'nothing' | 'files' | 'directories' | 'users' | 'commands' | 'members' }
  /** Processes also as `group:NAME`, and both parted by commas. */
  | { readonly tag: 'processes' | 'groups' }
  | { readonly tag: 'words'; readonly words: readonly string[] }

/** A command as the shells see it: nothing but words. */
export interface Branch {
  /** With its aliases: what may stand on the command line. */
  readonly names: readonly string[]
  readonly summary: string
  readonly switches: readonly Switch[]
  readonly operands: Source
  readonly below: readonly Branch[]
}

export interface Switch {
  /** With their dashes: `--force`, `-f`. */
  readonly names: readonly string[]
  readonly summary: string
  /** null: it takes no value. `label` is what the help calls it. */
  readonly value: { readonly label: string; readonly source: Source } | null
}

/** What the completion scripts are made of. */
export function branchesOf(commands: readonly Command[]): Branch[] {
  return commands.map(({ name, aliases, summary, options, operands, subcommands = [] }) => ({
    names: [name, ...aliases],
    summary,
    switches: Object.entries({ ...options, ...everywhere }).map(([long, option]) => switchOf(long, option)),
    operands: operandSource(operands),
    below: branchesOf(subcommands),
  }))
}

function switchOf(long: string, option: Option): Switch {
  const { summary, short, kind } = option
  // What is on by default is only worth naming to switch it off.
  const names = [kind === 'switch' ? `--no-${long}` : `--${long}`, ...(short === undefined ? [] : [`-${short}`])]
  if (kind === 'flag') return { names, summary, value: null }
  if (kind === 'switch') return { names, summary: `do not: ${summary}`, value: null }
  return { names, summary, value: { label: option.value, source: valueSource(long, option) } }
}

function valueSource(long: string, option: Exclude<Option, { kind: 'flag' | 'switch' }>): Source {
  if (option.kind === 'choice') return { tag: 'words', words: option.choices }
  switch (option.value) {
    case 'FILE':
    case 'PATH':
      return { tag: 'files' }
    case 'DIR':
      return { tag: 'directories' }
    case 'USER':
      return { tag: 'users' }
    case 'NAMES':
      return { tag: long === 'groups' ? 'groups' : 'processes' }
    default:
      return { tag: 'nothing' }
  }
}

function operandSource(operands: Operands): Source {
  switch (operands.tag) {
    case 'none':
    case 'new-group':
      return { tag: 'nothing' }
    case 'file':
    case 'program':
      return { tag: 'files' }
    case 'processes':
      return { tag: 'processes' }
    case 'groups':
      return { tag: 'groups' }
    case 'members':
      return { tag: 'members' }
    case 'word':
      return { tag: 'words', words: operands.words }
    case 'command':
      return { tag: 'commands' }
  }
}

/** A word in single quotes, as bash, zsh and fish all understand it where it has no quote or backslash of its own. */
export function quotedWord(text: string): string {
  return `'${text.replaceAll('\\', '').replaceAll("'", '’')}'`
}
