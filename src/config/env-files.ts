import type { Context } from './context.ts'
import type { Setting } from './settings.ts'
import type { Place } from './tree.ts'
import { readEnvFile } from './words.ts'

/** What stands in env files, in their order. A line that is wrong is told with the env file's own name. [CD9] */
export function readEnvFiles(
  paths: readonly string[],
  place: Place,
  { readFile, problems }: Context,
): readonly Setting[] {
  return paths.flatMap((path) => {
    const read = readFile(path)
    if (!read.ok) {
      problems.error(place, `cannot read the env file ${path}: ${read.failure.message}`, read.failure.hint ?? null)
      return []
    }
    const found = readEnvFile(read.value)
    if (!found.ok) {
      problems.error({ at: { line: found.line, column: 1 }, key: place.key, file: path }, found.why)
      return []
    }
    return found.assignments.map(({ name, value, line }) => ({
      name,
      text: value,
      place: { at: { line, column: 1 }, key: name, file: path },
      literal: true,
    }))
  })
}
