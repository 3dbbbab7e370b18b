import { canonical } from '../canonical.ts'
import type { Format } from '../parse.ts'
import type { Problems } from '../problem.ts'
import { didYouMean, wrong, type Reading } from '../reader.ts'
import { isNothing, type Member, type Node, type Table } from '../tree.ts'
import { settingKeys, type SettingKeys } from './keys.ts'

export type SettingName = keyof SettingKeys

/** A setting as somebody has said it. */
export interface Said {
  readonly node: Node
  /** `/etc/coppice/config.yml:3`, `environment CONFIGOR_LOGS_DIRECTORY`. */
  readonly origin: string
}

/** By the present name of the setting. */
export type SaidByName = ReadonlyMap<SettingName, Said>

/** What one file says, or the environment, and how that is read. */
export interface Layer {
  readonly said: SaidByName
  readonly reading: Reading
}

const names = Object.keys(settingKeys) as readonly SettingName[]
const sections: ReadonlySet<string> = new Set(names.flatMap(prefixesOf))
const byName: ReadonlyMap<string, SettingName> = new Map([
  ...names.map((name) => [name, name] as const),
  ...names.flatMap((name) => settingKeys[name].flat.map((flat) => [flat, name] as const)),
])

interface Collecting {
  readonly file: string
  readonly format: Format
  readonly problems: Problems
  readonly reading: Reading
}

/** What a file says, under present and older names; unknown keys are warnings. [CS1] [CS4] */
export function collect(root: Node, from: Collecting): SaidByName {
  if (root.tag !== 'table') {
    from.problems.error(root, 'the file must be a table with keys such as "logs" and "data"')
    return new Map()
  }
  const said = new Map<SettingName, Said>()
  for (const { path, member } of leavesOf(root, '', from)) {
    const name = byName.get(path)
    if (name === undefined) continue
    const before = said.get(name)
    if (before !== undefined) {
      from.problems.warn(
        member,
        `"${path}" is another name of "${before.node.key}", which is there too`,
        'keep one of them',
      )
    }
    // The present name wins, wherever it stands.
    if (before !== undefined && path !== name) continue
    said.set(name, { node: { ...member.value, key: path }, origin: `${from.file}:${member.at.line}` })
  }
  return said
}

interface Leaf {
  readonly path: string
  readonly member: Member
}

function leavesOf(table: Table, prefix: string, from: Collecting): readonly Leaf[] {
  const known = knownAt(prefix)
  return [...canonical(table, known, from).members.values()].flatMap((member) => {
    const path = `${prefix}${member.key}`
    const { value } = member
    if (!byName.has(path) && !sections.has(path)) tellUnknown(member, path, { known, problems: from.problems })
    if (isNothing(value) || isBlank(value)) return []
    if (!sections.has(path)) return [{ path, member }]
    if (value.tag === 'table') return leavesOf(value, `${path}.`, from)
    wrong({ ...value, key: path }, from.reading, `a table with ${knownAt(`${path}.`).join(', ')}`)
    return []
  })
}

/** An empty text is what pmon3 has for "not set". */
function isBlank(node: Node): boolean {
  return node.tag === 'scalar' && node.value === ''
}

/** What may stand in the section of this prefix, which ends in a dot or is empty. */
function knownAt(prefix: string): readonly string[] {
  const inside = [...byName.keys(), ...sections].filter((path) => path.startsWith(prefix))
  return [...new Set(inside.map((path) => path.slice(prefix.length)))].filter((rest) => !rest.includes('.'))
}

function tellUnknown(
  member: Member,
  path: string,
  { known, problems }: { known: readonly string[]; problems: Problems },
): void {
  const hint = didYouMean(member.key, known) ?? didYouMean(path, byName.keys())
  problems.warn(member, `unknown key "${path}"`, hint)
}

/** `message_queue.directory.shmem` → `message_queue`, `message_queue.directory`. */
function prefixesOf(path: string): readonly string[] {
  const parts = path.split('.')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))
}
