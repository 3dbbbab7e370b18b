import type { Source } from './load.ts'
import type { Problem } from './problem.ts'

export { formatProblem, type Problem } from './problem.ts'
export type { Source } from './load.ts'

/** What a check of a file found. */
export interface Report {
  /** Whether the file would be run. */
  readonly ok: boolean
  /** Errors and warnings, sorted by place. */
  readonly problems: readonly Problem[]
  /** Of a good file: its dialect and how many processes it declares. */
  readonly found: { readonly dialect: 'procmon' | 'pmon3' | 'coppice'; readonly processes: number } | null
}

/** Checks a config file without running anything: `coppice check FILE`. The rest of `config` is loaded only here. */
export async function checkConfig(source: Source): Promise<Report> {
  const { loadPlan } = await import('./load.ts')
  const loaded = await loadPlan(source)
  if (!loaded.ok) return { ok: false, problems: loaded.problems, found: null }
  const { dialect, specs } = loaded.plan
  return { ok: true, problems: loaded.warnings, found: { dialect, processes: specs.length } }
}
