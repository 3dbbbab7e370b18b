import type { Place } from './tree.ts'

/** One thing that is wrong (or doubtful) in a config file, and where. Line and column count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly file: string
  /** 0: it is about something that stands in no text, such as a flag of a command. */
  readonly line: number
  readonly column: number
  /** The key that it is about, without a line the whole path to it (`backoff.initial`); null: the file as a whole. */
  readonly key: string | null
  readonly message: string
  /** What to do about it, such as `did you mean "parent"?`. */
  readonly hint: string | null
}

/**
 * One line for a person: `procmon.toml:12:3: unknown key "parnet" — did you mean "parent"?`. Without a line it is told
 * under the key: `stop_timeout: must be a duration, not "5"`. [CF2] [CD26]
 */
export function formatProblem(problem: Problem): string {
  const { severity, file, line, column, key, hint } = problem
  const where = line > 0 ? `${file}:${line}:${column}` : (key ?? file)
  const label = severity === 'warning' ? 'warning: ' : ''
  return `${where}: ${label}${messageOf(problem)}${hint === null ? '' : ` — ${hint}`}`
}

/** Where the key is told already, the message need not begin with it. */
function messageOf({ line, key, message }: Problem): string {
  const subject = `"${key?.split('.').at(-1) ?? ''}" must be `
  return line === 0 && message.startsWith(subject) ? `must be ${message.slice(subject.length)}` : message
}

/** Collects the problems of one load; the same one told twice counts once, so that a text may be read more than once. */
export class Problems {
  readonly #file: string
  readonly #told = new Map<string, Problem>()

  /** @param file the path by which the user named the config file */
  constructor(file: string) {
    this.#file = file
  }

  /** Something that must be mended before anything starts. */
  error(place: Place, message: string, hint: string | null = null): void {
    this.#add('error', place, { message, hint })
  }

  /** Something a person should know, which stops nothing. */
  warn(place: Place, message: string, hint: string | null = null): void {
    this.#add('warning', place, { message, hint })
  }

  get failed(): boolean {
    return [...this.#told.values()].some((problem) => problem.severity === 'error')
  }

  /** All of them: those of the config file itself first, by line and column. [CF1] */
  sorted(): readonly Problem[] {
    return [...this.#told.values()].sort(
      (a, b) =>
        Number(a.file !== this.#file) - Number(b.file !== this.#file) ||
        compareText(a.file, b.file) ||
        a.line - b.line ||
        a.column - b.column,
    )
  }

  #add(severity: Problem['severity'], place: Place, text: { message: string; hint: string | null }): void {
    const { line, column, path } = place.at
    const problem = { severity, file: place.file ?? this.#file, line, column, key: path ?? place.key, ...text }
    const identity = `${problem.file}:${line}:${column}:${path ?? ''}:${text.message}`
    if (!this.#told.has(identity)) this.#told.set(identity, problem)
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
