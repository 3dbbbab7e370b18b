import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatProblem } from '../config/problem.ts'
import { readEntry } from '../config/read-entry.ts'
import type { Declaration } from '../core/events.ts'
import { success, type Result } from '../lib/result.ts'
import { readPmon3Database, type Pmon3Process } from '../store/pmon3.ts'
import { declare, givenAt, type Desk } from './administration/desk.ts'
import type { House } from './house.ts'
import { ranLast, stillRuns } from './pmon3-life.ts'

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
  const ran = ranLast(processes)
  for (const process of processes) {
    const lives = ran.has(process.name) && stillRuns(process)
    if (lives) alarms.push(runsUnderPmon3(process))
    const made = declarationOf(process, { desk, want: ran.has(process.name) && !lives ? 'up' : 'down' })
    if (made.ok) declarations.push(...made.value)
    else alarms.push(`the process "${process.name}" of ${path} was not taken over: ${made.failure.message}`)
  }
  const now = desk.tree.clock.wall()
  for (const { id, name } of groups)
    desk.tree.ledger.keepGroup({ id, name, declared: null, createdAt: now, updatedAt: now })
  declare(desk, declarations, { verb: 'import', caller: null })
  const message = `took over ${declarations.length} processes and ${groups.length} groups of pmon3 from ${path}`
  log.write({ level: 'info', process: null, message })
  return alarms
}

/** There would be two of it. */
function runsUnderPmon3({ name, pid }: Pmon3Process): string {
  return `${name} runs under pmon3, with pid ${pid}, and was not started: stop pmond, then \`coppice start ${name}\`.`
}

/** Dependencies may come later in the database, so that they are looked up when all are there. */
function declarationOf(
  process: Pmon3Process,
  { desk, want }: { readonly desk: Desk; readonly want: 'up' | 'down' },
): Result<readonly Declaration[]> {
  const { name, processFile, args, envVars, dependencies, groups, log, user, autoRestart } = process
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
  const asShell = readEntry({ ...givenAt(desk, '/'), entry, name })
  // pmon3 knows no quotes: one that is never closed is a part of its word.
  const read = asShell.ok
    ? asShell
    : readEntry({ ...givenAt(desk, '/'), entry: { ...entry, args: args.split(' ') }, name })
  if (!read.ok) {
    return { ok: false, failure: { code: 'bad-config', message: read.problems.map(formatProblem).join('; ') } }
  }
  return success(read.specs.map((spec) => ({ spec, want })))
}
