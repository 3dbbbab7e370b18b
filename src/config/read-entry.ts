import type { Declared, ProcessSpec } from '../core/spec.ts'
import { canonical } from './canonical.ts'
import { connect } from './connect.ts'
import { contextOf, type Context, type Given } from './context.ts'
import { draftsOf } from './entry.ts'
import { treeOf, type Entry } from './plain.ts'
import { Problems, type Problem } from './problem.ts'
import { processKeys } from './process-keys.ts'
import { Unbuildable } from './syntax.ts'
import type { Table } from './tree.ts'

/** One declaration as an object, and what its meaning depends on. `cwd` is where its relative paths begin. */
export interface EntrySource extends Given {
  readonly entry: Entry
  /** What problems are told under that are about no key of it: `exec`. */
  readonly name: string
  /** Whether its texts have variables; those of a command have none. */
  readonly variables?: boolean
  /** Variables that lie outside of the entry: `Declared.outer`. */
  readonly outer?: Declared['outer']
}

export type EntryRead =
  | { readonly ok: true; readonly specs: readonly ProcessSpec[]; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads one declaration with the keys and values that a file of our dialect has in JSON: one spec, or one for each of
 * its instances, or everything that is wrong with it. Problems have no line; they are told under the path of their key.
 * [CD26] [CD27]
 */
export function readEntry(source: EntrySource): EntryRead {
  const problems = new Problems(source.name)
  const context = contextOf(source, { format: 'json', problems, nocheck: false })
  const node = nodeOf(source.entry, context)
  const { variables = false, outer = {} } = source
  const env = new Map(Object.entries(outer))
  const drafts = node === null ? [] : draftsOf(node, { context, variables, defaults: null, hooks: null, env })
  const specs = connect(drafts, { ...context.surroundings, problems, unknown: 'warning' })
  return problems.failed ? { ok: false, problems: problems.sorted() } : { ok: true, specs, warnings: problems.sorted() }
}

function nodeOf(entry: Entry, context: Context): Table | null {
  try {
    return canonical(treeOf(entry), Object.keys(processKeys), context)
  } catch (error) {
    if (!(error instanceof Unbuildable)) throw error
    context.problems.error({ at: error.at, key: null }, error.message)
    return null
  }
}
