import { nearMiss } from '../lib/near-miss.ts'
import { failure, success, type Result } from '../lib/result.ts'
import type { ExportView } from '../wire/declare.ts'

type Sortable = string | number | boolean

/** What one may sort by: the keys of an export, and the columns of pmon3's database. */
const fields: ReadonlyMap<string, (process: ExportView) => Sortable> = new Map<
  string,
  (process: ExportView) => Sortable
>([
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['file', ({ file }) => file],
  ['process_file', ({ file }) => file],
  ['user', ({ user }) => user],
  ['username', ({ user }) => user],
  ['log', ({ log }) => log],
  ['args', ({ args }) => args],
  ['env_vars', ({ env_vars }) => env_vars],
  ['dependencies', ({ dependencies }) => dependencies.join(' ')],
  ['groups', ({ groups }) => groups.join(' ')],
  ['no_auto_restart', ({ no_auto_restart }) => no_auto_restart],
  ['auto_restart', ({ no_auto_restart }) => !no_auto_restart],
  ['restart_count', ({ restart_count }) => restart_count],
  ['pid', ({ pid }) => pid],
  ['status', ({ status }) => status],
  ['created_at', ({ created_at }) => created_at],
  ['updated_at', ({ updated_at }) => updated_at],
])

/** Ascending by a field; what is the same by id. @returns `usage` for a field that there is not */
export function ordered(processes: readonly ExportView[], field: string): Result<readonly ExportView[]> {
  const valueOf = fields.get(field.toLowerCase())
  if (valueOf !== undefined) {
    return success(processes.toSorted((a, b) => compare(valueOf(a), valueOf(b)) || a.id - b.id))
  }
  const near = nearMiss(field, fields.keys())
  const hint = near === null ? `There are ${[...fields.keys()].join(', ')}.` : `Did you mean "${near}"?`
  return failure('usage', `There is no field "${field}" to sort by.`, hint)
}

/** Both are of one type; texts by their letters' codes, as SQLite has them. */
function compare(a: Sortable, b: Sortable): number {
  return a < b ? -1 : a > b ? 1 : 0
}
