import type { RunSettings } from '../core/spec.ts'
import { canonical } from './canonical.ts'
import { readingIn, type Context } from './context.ts'
import type { Draft } from './draft.ts'
import { entriesOf, isPmon3 } from './entries.ts'
import { draftsOf, type Shared } from './entry.ts'
import { fileKeys, settingsOf } from './file-keys.ts'
import { processKeys } from './process-keys.ts'
import { settle, strictly, within } from './scope.ts'
import { table } from './table.ts'
import { valueOf, type Table } from './tree.ts'

/** What a file declares, before the names in it have been looked up among each other. */
export interface Declarations {
  readonly dialect: 'procmon' | 'pmon3' | 'coppice'
  readonly settings: RunSettings
  readonly drafts: readonly Draft[]
}

const file = table(fileKeys)

/** Reads a list of processes: pmon3's dialect and ours, which is a superset of it. [CF5] */
export function readList(root: Table, context: Context): Declarations {
  const top = withoutExtensions(canonical(root, Object.keys(fileKeys), context))
  if (!hasProcesses(top)) context.problems.error(top, 'there are no "processes"')
  const entries = entriesOf(top, context)
  const variables = !isPmon3(top, entries)
  const env = environmentOf(top, context)
  const shared: Shared = { context, variables, defaults: defaultsOf(top, context), hooks: hooksOf(top, context), env }
  const fill = strictly(
    within((name) => context.env.get(name), env),
    { ...context, names: () => [...context.env.keys(), ...env.keys()] },
  )
  const values = file.read(top, readingIn(context, variables ? fill : null)) ?? {}
  return {
    dialect: variables ? 'coppice' : 'pmon3',
    settings: settingsOf(values),
    drafts: entries.flatMap((entry) => draftsOf(entry, shared)),
  }
}

/** Whether there are processes, or an unknown key: that one may be a slip, and is told anyway. */
function hasProcesses({ members }: Table): boolean {
  return (
    members.has('processes') ||
    members.has('apps') ||
    [...members.keys()].some((name) => !Object.hasOwn(fileKeys, name))
  )
}

/** Keys that begin with `x-` are a place for YAML's anchors. [CD1] */
function withoutExtensions(top: Table): Table {
  return { ...top, members: new Map([...top.members].filter(([name]) => !name.startsWith('x-'))) }
}

function environmentOf(top: Table, context: Context): ReadonlyMap<string, string> {
  const node = valueOf(top, 'env')
  const settings = node && fileKeys.env.reader.read(node, readingIn(context, null))
  const real = (name: string): string | undefined => context.env.get(name)
  const names = (): readonly string[] => [...context.env.keys()]
  return settle(settings ?? [], {
    before: new Map(),
    fill: (settled) => strictly(within(real, settled), { ...context, names }),
  })
}

function defaultsOf(top: Table, context: Context): Table | null {
  const node = valueOf(top, 'defaults')
  if (node === undefined) return null
  if (node.tag !== 'table') {
    context.problems.error(node, '"defaults" must be a table with keys of processes')
    return null
  }
  const defaults = canonical(node, Object.keys(processKeys), context)
  const name = defaults.members.get('name')
  if (name !== undefined) context.problems.error(name, 'every process has a name of its own')
  return defaults
}

function hooksOf(top: Table, { problems }: Context): Table | null {
  const node = valueOf(top, 'hooks')
  if (node === undefined || node.tag === 'table') return node ?? null
  problems.error(node, '"hooks" must be a table with keys such as on_failure')
  return null
}
