import type { Millis } from '../lib/time.ts'

/** One option of a command, as data: the parser, the help and the completion read it. */
export type Option = { readonly summary: string; readonly short?: string } & (
  | { readonly kind: 'flag' }
  /** On unless `--no-NAME` is given. */
  | { readonly kind: 'switch' }
  /** `value` is what the help calls it: `PATH`. */
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'duration'; readonly value: string }
  | { readonly kind: 'choice'; readonly value: string; readonly choices: readonly string[] }
)

/** By long name. */
export type OptionTable = Readonly<Record<string, Option>>

/** What the options of a table become once parsed; null: not given. */
export type Values<T extends OptionTable> = { readonly [Name in keyof T]: ValueOf<T[Name]> }

type ValueOf<O extends Option> = O extends { readonly kind: 'flag' | 'switch' }
  ? boolean
  : O extends { readonly kind: 'duration' }
    ? Millis | null
    : O extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice | null
      : string | null
