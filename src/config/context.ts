import type { Result } from '../lib/result.ts'
import type { Format } from './parse.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reader.ts'

/** What one load is given besides the text. */
export interface Context {
  readonly problems: Problems
  readonly format: Format
  /** The environment of coppice itself. */
  readonly env: ReadonlyMap<string, string>
  readonly cwd: string
  readonly home: string | null
  /** Leave variables that are not set as they stand. */
  readonly nocheck: boolean
  /** The text of an env file; its failure says what the system said. */
  readonly readFile: (path: string) => Result<string>
}

/** The reading that a context begins with. */
export function readingIn({ problems, cwd, home }: Context, fill: Reading['fill']): Reading {
  return { problems, fill, cwd, base: cwd, home }
}
