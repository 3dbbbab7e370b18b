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
  readonly operands: Operands
  readonly options: T
  /** Whole command lines. */
  readonly examples: readonly string[]
  /** What it does; loaded only when it is called for, since start-up is most of what a call costs. */
  load(): Promise<Verb<T>>
}

/** What stands on the command line besides the options. */
export type Operands =
  | { readonly tag: 'none' }
  | { readonly tag: 'file' }
  /** Names or ids of processes, also parted by commas; at least one. */
  | { readonly tag: 'processes' }
  /** The name of a command, or nothing. */
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
