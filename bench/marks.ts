import { existsSync, readFileSync } from 'node:fs'

/** A line of the `mark` program: who came to its `main`, and when (nanoseconds of CLOCK_MONOTONIC). */
export interface Mark {
  readonly pid: number
  readonly at: number
}

/** The marks of a file, in the order in which they were written. */
export function readMarks(file: string): Mark[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => {
    const [pid, at] = line.split(' ')
    return { pid: Number(pid), at: Number(at) }
  })
}
