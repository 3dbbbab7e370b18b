import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatProblem } from '../config/problem.ts'
import { readEntry } from '../config/read-entry.ts'
import type { Declaration } from '../core/events.ts'
import { success, type Result } from '../lib/result.ts'
import { readPmon3Database, type Pmon3Process } from '../store/pmon3.ts'
import { declare, givenAt, type Desk } from './administration/desk.ts'
import { createGroups } from './administration/groups.ts'
import type { House } from './house.ts'

/** pmon3's number for a process that was stopped on purpose. */
const stopped = 3

/**
 * Takes over pmon3's `data.db` where it lies in the data directory and our own database is new: processes, groups, links,
 * and what was running. pmon3's file is only read. [DM19]
 * @returns what a person should know of, a sentence each
 */
export function importPmon3({ configuration, store, log }: House, desk: Desk): readonly string[] {
  const path = join(configuration.settings.pmon3Data, 'data.db')
  const isNew = store.found.processes.length === 0 && store.lastEntry === 0
  if (!isNew || !existsSync(path)) return []
  const read = readPmon3Database(path)
  if (!read.ok) return [`pmon3's database ${path} was not taken over: ${read.failure.message}`]
  const { processes, groups } = read.value
  const alarms: string[] = []
  const declarations: Declaration[] = []
  for (const process of processes) {
    const made = declarationOf(process, desk)
    if (made.ok) declarations.push(...made.value)
    else alarms.push(`the process "${process.name}" of ${path} was not taken over: ${made.failure.message}`)
  }
  declare(desk, declarations, { verb: 'import', caller: null })
  for (const { name } of groups) if (!desk.tree.ledger.groups.has(name)) createGroups(desk.tree).create(name)
  const message = `took over ${declarations.length} processes and ${groups.length} groups of pmon3 from ${path}`
  log.write({ level: 'info', process: null, message })
  return alarms
}

/** Dependencies may come later in the database, so that they are looked up when all are there. */
function declarationOf(process: Pmon3Process, desk: Desk): Result<readonly Declaration[]> {
  const { name, processFile, args, envVars, dependencies, groups, log, user, autoRestart, status } = process
  const entry = {
    name,
    file: processFile,
    user,
    groups,
    dependencies,
    ...(args === '' ? {} : { args }),
    ...(envVars === '' ? {} : { env_vars: envVars }),
    ...(log === '' ? {} : { log }),
    ...(autoRestart ? {} : { no_auto_restart: true }),
  }
  const read = readEntry({ ...givenAt(desk, '/'), entry, name })
  if (!read.ok) {
    return { ok: false, failure: { code: 'bad-config', message: read.problems.map(formatProblem).join('; ') } }
  }
  return success(read.specs.map((spec) => ({ spec, want: status === stopped ? ('down' as const) : ('up' as const) })))
}
