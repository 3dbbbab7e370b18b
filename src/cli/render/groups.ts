import type { GroupView } from '../../wire/declare.ts'
import type { ProcessView } from '../../wire/process.ts'
import { printProcesses } from './processes.ts'
import type { Style } from './style.ts'
import { printTable, type Column } from './table.ts'

const columns: readonly Column[] = [
  { header: 'ID', narrow: 'stay' },
  { header: 'Name', narrow: 'cut' },
]

/** pmon3's columns: [CL66]. */
export function printGroups(groups: readonly GroupView[], style: Style): string {
  return printTable(
    columns,
    groups.map(({ id, name }) => [{ text: String(id), colour: 'id' as const }, { text: name }]),
    style,
  )
}

const properties: readonly Column[] = [
  { header: 'property', narrow: 'stay' },
  { header: 'description', narrow: 'wrap' },
]

/** Of each group its properties, then the processes that are in it. @param processes all there are */
export function printGroupDescriptions(
  { groups, processes }: { readonly groups: readonly GroupView[]; readonly processes: readonly ProcessView[] },
  style: Style,
): string {
  return groups
    .map((group) => {
      const rows = [
        [{ text: 'id', colour: 'id' as const }, { text: String(group.id) }],
        [{ text: 'name', colour: 'id' as const }, { text: group.name }],
      ]
      const members = processes.filter(({ name }) => group.processes.includes(name))
      return `${printTable(properties, rows, style)}${style.boxed ? '' : '\n'}${printProcesses(members, style)}`
    })
    .join('\n')
}
