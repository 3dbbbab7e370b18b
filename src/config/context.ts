import type { FileAccess, ProcessSpec } from '../core/spec.ts'
import type { Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
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
  /** The file that declares; null: a command does. */
  readonly file: string | null
  readonly surroundings: Surroundings
}

/** What a daemon knows besides the text: each is absent under `up`. */
export interface Surroundings {
  /** The default log of a process is NAME.log in this directory. */
  readonly logs?: DefaultLogs | null
  /** Processes that are there already: they may be depended on. One that is declared anew counts as declared. */
  readonly known?: ReadonlyMap<string, ProcessSpec>
  /** A process without a readiness check that others depend on counts as ready only after so long. */
  readonly dependentWait?: Millis | null
}

export interface DefaultLogs {
  /** Absolute. */
  readonly directory: string
  /** Mode and owner of log files that have to be made; null: the usual ones. */
  readonly access: FileAccess | null
}

/** What a text or an entry is read with besides itself. */
export interface Given extends Surroundings {
  /** The environment of coppice itself. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where coppice was started or called from; absolute. */
  readonly cwd: string
  /** What `~/` stands for; HOME of `env` if not said. */
  readonly home?: string
  /** The text of an env file, for those who name some. */
  readonly readFile?: (path: string) => Result<string>
  /** The absolute path of what declares; absent: no file does. */
  readonly file?: string | null
}

export function contextOf(given: Given, more: Pick<Context, 'format' | 'problems' | 'nocheck'>): Context {
  const { env, cwd, home, readFile, file, logs = null, known = new Map(), dependentWait = null } = given
  const entries = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  return {
    ...more,
    env: new Map(entries),
    cwd,
    home: home ?? env['HOME'] ?? null,
    readFile: readFile ?? noFiles,
    file: file ?? null,
    surroundings: { logs, known, dependentWait },
  }
}

function noFiles(): Result<string> {
  return { ok: false, failure: { code: 'no-files', message: 'no files can be read here' } }
}

/** The reading that a context begins with. */
export function readingIn({ problems, cwd, home }: Context, fill: Reading['fill']): Reading {
  return { problems, fill, cwd, base: cwd, home }
}
