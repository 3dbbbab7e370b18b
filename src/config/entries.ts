import { canonical } from './canonical.ts'
import type { Context } from './context.ts'
import { bothHooks } from './hooks.ts'
import { drivesOut, pmon3Keys, processKeys } from './process-keys.ts'
import { isNothing, textNode, valueOf, type Member, type Node, type Table } from './tree.ts'

/** The processes of a file, each as one table under the keys we know: of a list, of a table by name, of old `apps`. */
export function entriesOf(top: Table, context: Context): readonly Table[] {
  const listed = top.members.get('processes') ?? top.members.get('apps')
  if (listed === undefined || isNothing(listed.value)) return []
  const apps = top.members.get('apps')
  if (apps !== undefined && apps !== listed) {
    context.problems.error(apps, '"apps" and "processes" are there together', 'keep one of them')
  }
  const { value } = listed
  const nodes = value.tag === 'list' ? value.items : value.tag === 'table' ? [...value.members.values()] : null
  if (nodes === null)
    context.problems.error(value, `"${listed.key}" must be a list of processes, or a table from name to process`)
  return (nodes ?? []).flatMap((node) => ('tag' in node ? entryOf(node, context) : namedEntry(node, context)))
}

function entryOf(node: Node, context: Context): readonly Table[] {
  if (node.tag !== 'table') {
    context.problems.error(node, 'a process must be a table of keys such as "name" and "command"')
    return []
  }
  return [canonical(flattened(node, context), Object.keys(processKeys), context)]
}

function namedEntry({ key, at, value }: Member, context: Context): readonly Table[] {
  return entryOf(value, context).map((entry) => {
    const own = valueOf(entry, 'name')
    if (own?.tag === 'scalar' && own.value !== key) {
      context.problems.error(own, `this process has two names, "${key}" and "${own.source}"`)
    }
    const name: Member = { at, key: 'name', value: textNode(key, { at, key: 'name' }) }
    return { ...entry, members: new Map([...entry.members, ['name', name]]) }
  })
}

/** pmon3 up to 1.16 had all but the file under `flags`. [PN9] */
function flattened(node: Table, { problems }: Context): Table {
  const flags = node.members.get('flags')
  if (flags === undefined) return node
  const members = new Map([...node.members].filter(([name]) => name !== 'flags'))
  if (flags.value.tag === 'table') {
    for (const [name, member] of flags.value.members) {
      members.set(name, /^no_?autorestart$/i.test(name) ? { ...member, key: 'no_auto_restart' } : member)
    }
  } else if (!isNothing(flags.value)) problems.error(flags, '"flags" must be a table')
  return { ...node, members }
}

const ourKeys = ['env', 'prologue', 'groups', 'logger', 'shutdown_max', 'defaults', 'hooks']

/** Whether nothing in the file is ours alone: then it is read as pmon3 would. Keys that nobody knows do not count. [CF5] */
export function isPmon3(top: Table, entries: readonly Table[]): boolean {
  if (ourKeys.some((name) => top.members.has(name)) || top.members.get('processes')?.value.tag === 'table') return false
  const used = entries.flatMap(({ members }) => [...members.keys()]).filter((name) => Object.hasOwn(processKeys, name))
  return used.every((name) => pmon3Keys.has(name))
}

/**
 * An entry with what `defaults` adds to it, of hooks event by event. `env` is left out: those of both hold. [CD10] [HK4]
 */
export function withDefaults(entry: Table, defaults: Table | null): Table {
  if (defaults === null) return entry
  const driven = [...entry.members.keys()].flatMap((name) => drivesOut.get(name) ?? [])
  const hidden = new Set<string>(['name', 'env', ...driven])
  const added = [...defaults.members].filter(([name]) => !hidden.has(name))
  return withHooks({ ...entry, members: new Map([...added, ...entry.members]) }, defaults)
}

function withHooks(entry: Table, defaults: Table): Table {
  const [own, general] = [valueOf(entry, 'hooks'), valueOf(defaults, 'hooks')]
  if (own?.tag !== 'table' || general?.tag !== 'table') return entry
  return hookedBy(entry, { ...own, members: new Map([...general.members, ...own.members]) })
}

/** An entry with the hooks of the whole file besides its own. [HK4] */
export function withHooksOfFile(entry: Table, ofFile: Table | null): Table {
  if (ofFile === null) return entry
  const own = valueOf(entry, 'hooks')
  if (own === undefined) return hookedBy(entry, ofFile)
  return own.tag === 'table' ? hookedBy(entry, bothHooks(own, ofFile)) : entry
}

function hookedBy(entry: Table, hooks: Table): Table {
  const member: Member = { at: hooks.at, key: 'hooks', value: { ...hooks, key: 'hooks' } }
  return { ...entry, members: new Map([...entry.members, ['hooks', member]]) }
}
