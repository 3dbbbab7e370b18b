import type { Failure, Result } from '../lib/result.ts'
import type { OptionTable, Values } from './option.ts'
import type { Style } from './render/style.ts'
import type { System } from './system.ts'

/** One command as data: parsing, help and completion come from it. */
export interface Command<T extends OptionTable = OptionTable> {
  readonly name: string
  readonly aliases: readonly string[]
  /** A phrase: `list the processes`. */
  readonly summary: string
  /** Under which heading the help of all lists it. */
  readonly topic?: string
  readonly operands: Operands
  readonly options: T
  /** Whole command lines. */
  readonly examples: readonly string[]
  /** Commands of its own, as `group ls`. It then does nothing but show their help, unless it `standsAlone`. */
  readonly subcommands?: readonly Command[]
  /** What does not begin with the name of a subcommand is for itself. */
  readonly standsAlone?: true
  /** What it does; loaded only when it is called for, since start-up is most of what a call costs. */
  load(): Promise<Verb<T>>
}

/** What stands on the command line besides the options. */
export type Operands =
  | { readonly tag: 'none' }
  | { readonly tag: 'file' }
  /** Targets: names or ids of processes, `group:NAME`, `*`; also parted by commas. At least one, unless it is `optional`. */
  | { readonly tag: 'processes'; readonly optional?: true }
  /** Names or ids of groups, also parted by commas; at least one. */
  | { readonly tag: 'groups' }
  /** The name of a group that does not exist yet. */
  | { readonly tag: 'new-group' }
  /** Groups, parted by commas, then processes. */
  | { readonly tag: 'members' }
  /** A program, and, after `--`, its arguments. */
  | { readonly tag: 'program' }
  /** One of these words; not `optional`: exactly one. */
  | { readonly tag: 'word'; readonly value: string; readonly words: readonly string[]; readonly optional?: true }
  /** The name of a command, with that of its subcommand, or nothing. */
  | { readonly tag: 'command' }

export interface Verb<T extends OptionTable> {
  run(call: Call<T>, context: Context): Promise<Result<Answer>>
}

/** A command line that was understood. */
export interface Call<T extends OptionTable> {
  readonly options: Values<T>
  readonly operands: readonly string[]
}

export interface Context {
  readonly system: System
  readonly commands: readonly Command[]
}

/** What a verb hands back. It prints nothing itself. */
export interface Answer {
  /** What `--json` prints. */
  readonly data: unknown
  /** What a person reads, with its newline; pure. */
  readonly text: (style: Style) => string
  readonly exitCode: number
  /** Lines for stderr as they are, such as `tree.toml:3:1: unknown key`. */
  readonly remarks: readonly string[]
  /** What did not go well, for stderr. */
  readonly problems: readonly Failure[]
}

/** An answer without a cloud. */
export function answer(data: unknown, text: (style: Style) => string): Answer {
  return { data, text, exitCode: 0, remarks: [], problems: [] }
}
