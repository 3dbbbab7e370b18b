import type { Format } from './parse.ts'
import type { Problems } from './problem.ts'
import type { Member, Table } from './tree.ts'

/**
 * Gives the keys of a table the names we know them by: JSON's may be in any case, TOML's also without underscores, as
 * pmon3 reads them (`NoAutoRestart`); YAML's are taken as they are. A key that is then there twice is a problem. [PN2]
 */
export function canonical(
  table: Table,
  names: Iterable<string>,
  { format, problems }: { readonly format: Format; readonly problems: Problems },
): Table {
  const known = new Map([...names].map((name) => [folded(name, format), name]))
  const members = new Map<string, Member>()
  for (const member of table.members.values()) {
    const name = known.get(folded(member.key, format)) ?? member.key
    const before = members.get(name)
    if (before !== undefined)
      problems.error(member, `"${member.key}" is the same key as "${before.key}" and is given twice`)
    else members.set(name, name === member.key ? member : renamed(member, name))
  }
  return { ...table, members }
}

function folded(name: string, format: Format): string {
  if (format === 'yaml') return name
  return format === 'json' ? name.toLowerCase() : name.toLowerCase().replaceAll('_', '')
}

function renamed(member: Member, key: string): Member {
  return { ...member, key, value: { ...member.value, key } }
}
