// Loads config texts as `coppice up NAME` would, from /work, with the environment and the env files that a test gives.
import type { Surroundings } from '../../src/config/context.ts'
import { loadPlan, type Loaded } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'
import type { Plan, ProcessSpec } from '../../src/core/spec.ts'

export interface Given extends Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly nocheck?: boolean
  readonly configor?: boolean
  readonly file?: string
  /** Env files by absolute path. */
  readonly files?: Readonly<Record<string, string>>
}

export async function load(
  path: string,
  text: string,
  { env = {}, nocheck = false, configor = false, files = {}, ...given }: Given = {},
): Promise<Loaded> {
  const known = new Map(Object.entries(files))
  return loadPlan({
    ...given,
    path,
    text: dedent(text),
    env,
    cwd: '/work',
    home: '/home/me',
    readFile(file) {
      const found = known.get(file)
      return found === undefined
        ? { ok: false, failure: { code: 'ENOENT', message: 'no such file' } }
        : { ok: true, value: found }
    },
    options: { nocheck, configor },
  })
}

/** The plan of a good file; throws its problems. */
export async function planOf(path: string, text: string, given: Given = {}): Promise<Plan> {
  const loaded = await load(path, text, given)
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
  return loaded.plan
}

/** The processes of a good file, by name. */
export async function specsOf(
  path: string,
  text: string,
  given: Given = {},
): Promise<ReadonlyMap<string, ProcessSpec>> {
  const { specs } = await planOf(path, text, given)
  return new Map(specs.map((spec) => [spec.name, spec]))
}

/** The only process of a good file. */
export async function specOf(path: string, text: string, given: Given = {}): Promise<ProcessSpec> {
  const { specs } = await planOf(path, text, given)
  const [only] = specs
  if (only === undefined || specs.length > 1) throw new Error(`${specs.length} processes`)
  return only
}

/** Errors and warnings as a person reads them. */
export async function problemsIn(path: string, text: string, given: Given = {}): Promise<string[]> {
  const loaded = await load(path, text, given)
  return (loaded.ok ? loaded.warnings : loaded.problems).map(formatProblem)
}

/** Takes away the first line break and the indentation that all lines share, so that a text can stand in a test. */
export function dedent(text: string): string {
  const lines = text.replace(/^\n/, '').replace(/\n *$/, '\n').split('\n')
  const widths = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)
  const shared = Math.min(...widths, Number.POSITIVE_INFINITY)
  return lines.map((line) => line.slice(Number.isFinite(shared) ? shared : 0)).join('\n')
}
