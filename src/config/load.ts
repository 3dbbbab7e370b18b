import type { Plan, RunSettings } from '../core/spec.ts'
import { nearMiss } from '../lib/near-miss.ts'
import type { Result } from '../lib/result.ts'
import { formatDuration } from '../lib/time.ts'
import { connect } from './connect.ts'
import type { Context } from './context.ts'
import type { Draft } from './draft.ts'
import { readList } from './list.ts'
import { formatOf, parse, type Format } from './parse.ts'
import { Problems, type Problem } from './problem.ts'
import { readProcmon } from './procmon.ts'
import { isNothing, type Node, type Table } from './tree.ts'

/** A config file and what its meaning depends on. Nothing is read but what is given here. */
export interface Source {
  /** As the user named it; problems are told under this name. */
  readonly path: string
  readonly text: string
  /** The environment of coppice itself. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where coppice was started or called from; absolute. */
  readonly cwd: string
  /** What `~/` stands for; HOME of `env` if not said. */
  readonly home?: string
  /** The text of an env file, for files that name some. */
  readonly readFile?: (path: string) => Result<string>
  readonly options?: {
    /** Leave variables that are not set as they stand. */
    readonly nocheck?: boolean
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
  const plan = root === undefined ? null : planOf(root, contextOf(source, format, problems))
  if (plan === null || problems.failed) return { ok: false, problems: problems.sorted() }
  return { ok: true, plan, warnings: problems.sorted() }
}

function contextOf({ env, cwd, home, readFile, options }: Source, format: Format, problems: Problems): Context {
  const entries = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  return {
    problems,
    format,
    env: new Map(entries),
    cwd,
    home: home ?? env['HOME'] ?? null,
    nocheck: options?.nocheck ?? false,
    readFile: readFile ?? noFiles,
  }
}

function noFiles(): Result<string> {
  return { ok: false, failure: { code: 'no-files', message: 'no files can be read here' } }
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
  return { dialect, settings, specs: connect(drafts, problems) }
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
