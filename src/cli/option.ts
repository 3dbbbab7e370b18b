import type { Millis } from '../lib/time.ts'

/** One option of a command, as data: the parser, the help and the completion read it. */
export type Option = {
  readonly summary: string
  readonly short?: string
  /** Other long names for it. `log_dir` is always `log-dir` and need not be listed. */
  readonly also?: readonly string[]
} & (
  | { readonly kind: 'flag' }
  /** On unless `--no-NAME` is given. */
  | { readonly kind: 'switch' }
  /** `value` is what the help calls it: `PATH`. `dashed`: it may begin with a dash, as arguments of a program do. */
  | { readonly kind: 'text'; readonly value: string; readonly dashed?: true }
  /** Given several times, or parted by commas. */
  | { readonly kind: 'list'; readonly value: string }
  /** Given several times; a comma is part of it. */
  | { readonly kind: 'texts'; readonly value: string; readonly dashed?: true }
  /** A whole number from 1 on. */
  | { readonly kind: 'count'; readonly value: string }
  | { readonly kind: 'duration'; readonly value: string }
  | { readonly kind: 'choice'; readonly value: string; readonly choices: readonly string[] }
)

/** By long name, in which words are parted by dashes. */
export type OptionTable = Readonly<Record<string, Option>>

/** What the options of a table become once parsed; null: not given. */
export type Values<T extends OptionTable> = { readonly [Name in keyof T]: ValueOf<T[Name]> }

type ValueOf<O extends Option> = O extends { readonly kind: 'flag' | 'switch' }
  ? boolean
  : O extends { readonly kind: 'duration' }
    ? Millis | null
    : O extends { readonly kind: 'count' }
      ? number | null
      : O extends { readonly kind: 'list' | 'texts' }
        ? readonly string[] | null
        : O extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
          ? Choice | null
          : string | null
