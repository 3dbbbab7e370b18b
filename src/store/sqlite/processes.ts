import type { DatabaseSync } from 'node:sqlite'
import type { Process } from '../../core/process.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { encode } from '../codec.ts'
import type { StoredProcess } from '../store.ts'
import { timeText } from './row.ts'
import { exitText, liveRun, openRuns, type Moment } from './runs.ts'

/** Writes processes, their runs and their links with groups. Everything here is inside a transaction. */
export interface ProcessTable {
  put(stored: StoredProcess, moment: Moment): void
  remove(id: number): void
  /** Links a group that is new with the processes that name it. */
  link(group: string): void
  /** Tells that the transaction is over: whether what was put is there. */
  settle(outcome: 'committed' | 'undone'): void
}

/** What is known to be stored of a process, so that only what has changed is written again. */
interface Known {
  readonly spec: ProcessSpec
  /** The live run in the table of runs. */
  readonly run: number | null
}

export function openProcesses(
  database: DatabaseSync,
  input: { readonly stored: readonly StoredProcess[]; readonly statusOf: (process: Process) => string },
): ProcessTable {
  const statements = prepare(database)
  const runs = openRuns(database)
  const known = new Map(input.stored.map(({ process }) => [process.id, knownOf(process)]))
  /** Of this transaction; null: removed. */
  const changed = new Map<number, Known | null>()

  function lastOf(id: number): Known | null {
    const change = changed.get(id)
    return change === undefined ? (known.get(id) ?? null) : change
  }

  return {
    put(stored, moment) {
      const { process } = stored
      const before = lastOf(process.id)
      const now = knownOf(process)
      if (before?.spec === now.spec) statements.update.run({ ...lifeOf(stored, moment) })
      else {
        statements.insert.run({ ...lifeOf(stored, moment), ...specOf(process.spec) })
        relink(process)
      }
      if (before?.run !== now.run) runs.follow(stored, { before: before?.run ?? null, moment })
      changed.set(process.id, now)
    },
    remove(id) {
      statements.remove.run(id)
      changed.set(id, null)
    },
    link(group) {
      for (const id of new Set([...known.keys(), ...changed.keys()])) {
        if (lastOf(id)?.spec.groups.includes(group) === true) statements.link.run(id, group)
      }
    },
    settle(outcome) {
      for (const [id, now] of outcome === 'committed' ? changed : []) {
        if (now === null) known.delete(id)
        else known.set(id, now)
      }
      changed.clear()
    },
  }

  function relink({ id, spec }: Process): void {
    statements.unlink.run(id)
    for (const group of spec.groups) statements.link.run(id, group)
  }

  function lifeOf({ process, bootId, marker }: StoredProcess, { at, wall }: Moment): Columns {
    const { spec: _spec, ...life } = process
    return {
      id: process.id,
      state: encode(life),
      boot_id: bootId,
      marker,
      committed_at: at,
      want: process.want.up ? 'up' : 'down',
      status: input.statusOf(process),
      pid: liveRun(process)?.pid ?? null,
      runs: process.runs,
      restarts: process.restarts,
      exit: exitText(process.exit),
      updated_at: timeText(wall),
    }
  }
}

type Columns = Readonly<Record<string, string | number | null>>

function prepare(database: DatabaseSync) {
  const life = 'state boot_id marker committed_at want status pid runs restarts exit updated_at'.split(' ')
  const spec = 'name spec process_file args log username auto_restart'.split(' ')
  const all = ['id', ...spec, ...life]
  const set = (columns: readonly string[]): string => columns.map((column) => `${column} = :${column}`).join(', ')
  return {
    insert: database.prepare(`
      INSERT INTO processes (${all.join(', ')}, created_at) VALUES (${all.map((column) => `:${column}`).join(', ')}, :updated_at)
      ON CONFLICT (id) DO UPDATE SET ${set([...spec, ...life])}`),
    update: database.prepare(`UPDATE processes SET ${set(life)} WHERE id = :id`),
    remove: database.prepare('DELETE FROM processes WHERE id = ?'),
    unlink: database.prepare('DELETE FROM process_groups WHERE process_id = ?'),
    link: database.prepare('INSERT OR IGNORE INTO process_groups SELECT ?, id FROM groups WHERE name = ?'),
  }
}

function specOf(spec: ProcessSpec): Columns {
  const { stdout } = spec.output
  return {
    name: spec.name,
    spec: encode(spec),
    process_file: spec.command?.[0] ?? '',
    args: spec.command?.slice(1).join(' ') ?? '',
    log: stdout.tag === 'file' ? stdout.path : '',
    username: spec.identity.user ?? '',
    auto_restart: spec.restart === 'no' ? 0 : 1,
  }
}

function knownOf(process: Process): Known {
  return { spec: process.spec, run: liveRun(process)?.n ?? null }
}
