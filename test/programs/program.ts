import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The command that runs a program of this folder: `program('slow-term', 2)`. Each says at its top what its one habit is.
 */
export function program(name: string, ...args: readonly (string | number)[]): string[] {
  const script = join(import.meta.dir, name)
  const words = args.map(String)
  if (existsSync(`${script}.ts`)) return [process.execPath, `${script}.ts`, ...words]
  if (existsSync(script)) return [script, ...words]
  throw new Error(`there is no program ${name} in ${import.meta.dir}`)
}

/** A line that a program wrote to $MARKS. */
export interface Mark {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly pid: number
  readonly name: string
  /** `start`, `ready`, `term`, `exit` …, with words of its own behind. */
  readonly what: string
}

/** Reads marks, in the order in which they were written. The last line may be half written: it is left out. */
export function parseMarks(text: string): Mark[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => {
    const [at, pid, name, ...what] = line.split(' ')
    return { at: Number(at), pid: Number(pid), name: name ?? '', what: what.join(' ') }
  })
}
