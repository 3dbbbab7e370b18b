import type { Plan, RunSettings } from '../core/spec.ts'
import { nearMiss } from '../lib/near-miss.ts'
import { formatDuration } from '../lib/time.ts'
import { connect } from './connect.ts'
import { contextOf, type Context, type Given } from './context.ts'
import type { Draft } from './draft.ts'
import { readList } from './list.ts'
import { readOverrides } from './overrides.ts'
import { formatOf, parse } from './parse.ts'
import { Problems, type Problem } from './problem.ts'
import { readProcmon } from './procmon.ts'
import { isNothing, type Node, type Table } from './tree.ts'

/** A config file and what its meaning depends on. Nothing is read but what is given here. */
export interface Source extends Given {
  /** As the user named it; problems are told under this name. */
  readonly path: string
  readonly text: string
  readonly options?: {
    /** Leave variables that are not set as they stand. */
    readonly nocheck?: boolean
    /** Let `CONFIGOR_PROCESSES_0_NAME` and its like change the entries of a list, as pmon3 does. */
    readonly configor?: boolean
  }
}

export type Loaded =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads a config file of any dialect in any format into a plan with every default filled in, or tells everything that
 * is wrong with it at once, sorted by place. [CF1]
 */
export async function loadPlan(source: Source): Promise<Loaded> {
  const problems = new Problems(source.path)
  const format = formatOf(source.path, source.text)
  const root = await parse(source.text, format, problems)
  const context = contextOf(source, { format, problems, nocheck: source.options?.nocheck === true })
  const changed = source.options?.configor === true ? await readOverrides(root, context) : root
  const plan = changed === undefined ? null : planOf(changed, context)
  if (plan === null || problems.failed) return { ok: false, problems: problems.sorted() }
  return { ok: true, plan, warnings: problems.sorted() }
}

function planOf(root: Node | null, context: Context): Plan | null {
  const { problems } = context
  const start = { at: { line: 1, column: 1 }, key: null }
  if (root === null || isNothing(root)) {
    problems.error(start, 'the file is empty', 'declare what to run under "processes"')
  } else if (root.tag !== 'table') problems.error(root, 'the file must be a table with the key "processes"')
  if (root?.tag !== 'table') return null
  const { dialect, settings, drafts } = isProcmon(root, context) ? readProcmon(root, context) : readList(root, context)
  for (const draft of drafts) tellForced(draft, settings, problems)
  return { dialect, settings, specs: connect(drafts, { ...context.surroundings, problems, unknown: 'error' }) }
}

/** procmon's files are TOML without any key that only a list of processes has. [CF5] */
function isProcmon(root: Table, { format }: Context): boolean {
  if (format !== 'toml') return false
  const names = [...root.members.keys()].map((name) => name.toLowerCase())
  const lists = ['processes', 'apps', 'defaults', 'shutdown_max', 'shutdownmax']
  const all = [...lists, 'task', 'prologue', 'logger', 'env']
  return !names.some((name) => lists.includes(name) || lists.includes(nearMiss(name, all) ?? ''))
}

function tellForced({ spec, place }: Draft, { shutdownMax }: RunSettings, problems: Problems): void {
  const { timeout } = spec.stop
  if (timeout <= shutdownMax) return
  const [own, whole] = [formatDuration(timeout), formatDuration(shutdownMax)]
  problems.warn(
    place,
    `"${spec.name}" may take ${own} to stop, and a shutdown is forced after ${whole}`,
    'allow the shutdown more',
  )
}
