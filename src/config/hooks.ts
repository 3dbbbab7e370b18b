import type { Hook, HookAction, HookEvent } from '../core/spec.ts'
import { words } from './command-line.ts'
import { anyOf, type Schema } from './json-schema.ts'
import { programPath } from './paths.ts'
import { parsed, wrong, type Reader, type Reading } from './reader.ts'
import { duration } from './readers.ts'
import { text } from './shapes.ts'
import { key, table } from './table.ts'
import { isNothing, textNode, type List, type Node, type Table } from './tree.ts'

const whens: Readonly<Record<HookEvent, string>> = {
  start: 'when it has been started',
  ready: 'when it has become ready',
  exit: 'when a run of it has ended, and nothing of it is left',
  restart: 'when it is started again, by itself or by somebody',
  failure: 'when it has failed',
  backoff: 'when flap detection lets it rest',
  unhealthy: 'when a check of it has failed, its watchdog was silent, or it is no longer ready',
  stop: 'when it has been stopped',
}

/** Every event that a hook can be for: its key, and when that is, as the end of a sentence. */
export const hookKeys: readonly { readonly on: HookEvent; readonly name: `on_${HookEvent}`; readonly when: string }[] =
  entriesOf(whens).map(([on, when]) => ({ on, name: `on_${on}`, when }))

const usualTimeout = 30_000

const url = parsed('an address that begins with http:// or https://', (found) => (isUrl(found) ? found : null))

const long = table({
  command: key(words(), 'A program and its arguments: a text with shell quoting (no shell is started), or a list.'),
  url: key(url, 'Where the event is sent to, as the body of a POST.'),
  timeout: key(duration({ longerThanZero: true }), 'One that takes longer is ended; 30s if not said.'),
  secret: key(text('a secret'), 'What a POST is signed with (X-Coppice-Signature).'),
})

/** The table of hooks of a process, or of all of them. [HK2] [HK3] */
export function hooksReader(): Reader<readonly Hook[]> {
  const keys = hookKeys.map(({ on, name, when }) => [name, key(hooksFor(on), `A command or a URL, ${when}.`)] as const)
  const inner = table(Object.fromEntries(keys))
  return {
    get schema() {
      return inner.schema
    },
    read(node, reading) {
      const found = inner.read(node, reading)
      return found && Object.values(found).flatMap((hooks) => hooks ?? [])
    },
  }
}

/** What is run at one event: a command (a text, or a list of texts) or a URL, a table that says more, or a list of such. */
export function hooksFor(on: HookEvent): Reader<readonly Hook[]> {
  return {
    schema: { $ref: '#/definitions/hook' },
    read(node, reading) {
      const hooks = itemsOf(node).map((item) => readOne(item, on, reading))
      const good = hooks.filter((hook) => hook !== undefined)
      return good.length === hooks.length ? good : undefined
    },
  }
}

/** What a key of a table of hooks may be, for the JSON Schema. */
export function hookSchema(): Schema {
  const one = anyOf(words().schema, long.schema)
  return anyOf(one, { type: 'array', items: one })
}

/** The table of hooks that one of a process and another one of all of them make together: both are run. [HK4] */
export function bothHooks(own: Table, ofAll: Table): Table {
  const added = [...ofAll.members.values()].map((member) => {
    const before = own.members.get(member.key)
    if (before === undefined || isNothing(before.value)) return [member.key, member] as const
    if (isNothing(member.value)) return [member.key, before] as const
    const items = [...itemsOf(before.value), ...itemsOf(member.value)].map(asTable)
    return [member.key, { ...before, value: { ...place(before.value), tag: 'list', items } satisfies List }] as const
  })
  return { ...own, members: new Map([...own.members, ...added]) }
}

/** A list of nothing but texts is a command. */
function itemsOf(node: Node): readonly Node[] {
  if (node.tag !== 'list') return [node]
  return node.items.length === 0 || node.items.some(({ tag }) => tag !== 'scalar') ? node.items : [node]
}

function readOne(node: Node, on: HookEvent, reading: Reading): Hook | undefined {
  if (node.tag === 'table') return readLong(node, on, reading)
  const action = actionOf(words().read(node, reading), node, { secret: null, reading })
  return action && { on, action, timeout: usualTimeout }
}

function readLong(node: Table, on: HookEvent, reading: Reading): Hook | undefined {
  const values = long.read(node, reading)
  if (values === undefined) return undefined
  const { command, url: address, timeout = usualTimeout, secret = null } = values
  const said = ['command', 'url'].filter((name) => node.members.has(name))
  if (said.length !== 1) {
    const hint = said.length === 0 ? 'give it a "command" or a "url"' : 'keep one of them'
    reading.problems.error(
      node,
      said.length === 0 ? 'the hook does nothing' : '"command" and "url" are there together',
      hint,
    )
    return undefined
  }
  const found = address === undefined ? command : [address]
  const action = found && actionOf(found, node, { secret, reading })
  if (secret !== null && action?.tag === 'command')
    reading.problems.warn(
      node.members.get('secret') ?? node,
      '"secret" does nothing here: only what is sent to a "url" is signed',
    )
  return action && { on, action, timeout }
}

/** A single word that is a URL is one; anything else is a command. */
function actionOf(
  found: readonly string[] | undefined,
  node: Node,
  { secret, reading }: { readonly secret: string | null; readonly reading: Reading },
): HookAction | undefined {
  const [first, ...rest] = found ?? []
  if (found === undefined) return undefined
  if (first === undefined || first === '') return wrong(node, reading, 'a command or a URL')
  if (!/^https?:/i.test(first)) return { tag: 'command', command: [programPath(first, reading, 'base'), ...rest] }
  return isUrl(first) && rest.length === 0 ? { tag: 'post', url: first, secret } : wrong(node, reading, 'a URL')
}

function isUrl(found: string): boolean {
  return /^https?:\/\/./i.test(found) && URL.canParse(found)
}

/** The long form of one that may be written short. */
function asTable(node: Node): Node {
  if (node.tag === 'table') return node
  const name = node.tag === 'scalar' && /^https?:/i.test(String(node.value)) ? 'url' : 'command'
  const value: Node =
    node.tag === 'scalar' ? { ...textNode(String(node.value), node), key: name } : { ...node, key: name }
  return { ...place(node), tag: 'table', members: new Map([[name, { at: node.at, key: name, value }]]) }
}

function place({ at, key: name }: Node): Pick<Node, 'at' | 'key'> {
  return { at, key: name }
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  // What `Object.entries` is not allowed to say of an object that might have more keys than its type.
  return Object.entries(record) as [K, V][]
}
