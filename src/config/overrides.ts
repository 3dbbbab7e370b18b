import type { Context } from './context.ts'
import { parse } from './parse.ts'
import { pmon3Keys, processKeys } from './process-keys.ts'
import { textNode, valueOf, type List, type Member, type Node, type Place, type Table } from './tree.ts'

interface Override {
  /** Of the entry, from 0. */
  readonly index: number
  readonly key: string
  readonly variable: string
  readonly text: string
}

/**
 * Lets the environment change entries of a list of processes, as the library does that pmon3 reads its files with:
 * `CONFIGOR_PROCESSES_0_NAME`, in any case. A variable that is set to nothing counts as not set. [PN14]
 */
export async function readOverrides(root: Node | null | undefined, context: Context): Promise<Node | null | undefined> {
  if (root === null || root?.tag !== 'table') return root
  const listed = listOf(root)
  if (listed === null) return root
  const overrides = overridesIn(context.env, listed.value.items.length)
  let { items } = listed.value
  for (const override of overrides) {
    const value = await valueIn(override, context)
    items = items.map((item, index) => (index === override.index ? withKey(item, value) : item))
  }
  return {
    ...root,
    members: new Map([...root.members, [listed.name, { ...listed, value: { ...listed.value, items } }]]),
  }
}

function listOf({ members }: Table): (Member & { readonly name: string; readonly value: List }) | null {
  for (const [name, member] of members) {
    const { value } = member
    if (/^(?:processes|apps)$/i.test(name) && value.tag === 'list') return { ...member, name, value }
  }
  return null
}

function overridesIn(env: ReadonlyMap<string, string>, count: number): readonly Override[] {
  const keys = new Map(Object.keys(processKeys).map((key) => [folded(key), key]))
  return [...env].flatMap(([variable, text]) => {
    const [, digits, name] = /^configor_(?:processes|apps)_(\d+)_(\w+)$/i.exec(variable) ?? []
    const key = keys.get(folded(name ?? '').replace(/^flags(?=.)/, ''))
    const index = Number(digits)
    return text === '' || key === undefined || index >= count ? [] : [{ index, key, variable, text }]
  })
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

/** pmon3's own texts are taken as they are, its truth value as Go's library has it; what is neither is read as YAML. */
async function valueIn({ key, variable, text }: Override, context: Context): Promise<Node> {
  const place: Place = { at: { line: 0, column: 0, path: variable }, key }
  if (key === 'no_auto_restart') return flagNode(text, place)
  const isText = pmon3Keys.has(key) && key !== 'dependencies' && key !== 'groups'
  const parsed = isText ? null : await parse(text, 'yaml', context.problems)
  return parsed ? placed(parsed, place) : textNode(text, place)
}

function flagNode(text: string, place: Place): Node {
  const value = !/^(?:0|f|false)$/i.test(text)
  return { tag: 'scalar', value, source: String(value), ...place }
}

/** All of it stands where the variable does. */
function placed(node: Node, place: Place): Node {
  const key = node.key ?? place.key
  const at = { at: place.at, key }
  switch (node.tag) {
    case 'scalar':
      return { ...node, ...at }
    case 'list':
      return { ...node, ...at, items: node.items.map((item) => placed(item, { ...place, key })) }
    case 'table':
      return {
        ...node,
        ...at,
        members: new Map(
          [...node.members].map(([name, member]) => [
            name,
            { ...member, at: place.at, value: placed(member.value, { ...place, key: name }) },
          ]),
        ),
      }
  }
}

function withKey(entry: Node, value: Node): Node {
  const key = value.key ?? ''
  if (entry.tag !== 'table') return entry
  const flags = valueOf(entry, 'flags')
  if (flags?.tag === 'table' && key !== 'file') {
    const inner: Member = { at: flags.at, key: 'flags', value: withKey(flags, value) }
    return { ...entry, members: new Map([...entry.members, ['flags', inner]]) }
  }
  const others = [...entry.members].filter(([name]) => folded(name) !== folded(key))
  return { ...entry, members: new Map([...others, [key, { at: value.at, key, value }]]) }
}
