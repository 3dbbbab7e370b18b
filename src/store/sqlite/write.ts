import type { DatabaseSync } from 'node:sqlite'
import type { Process } from '../../core/process.ts'
import type { JournalEntry } from '../store.ts'
import { encode } from '../codec.ts'
import { isEmpty, type Pending } from '../pending.ts'
import { transact } from './connection.ts'
import type { JournalTable } from './journal.ts'
import type { Content, Unreadable } from './load.ts'
import { openProcesses } from './processes.ts'
import { timeText } from './row.ts'

/**
 * Writes one batch in one transaction.
 * @throws SQLite's errors; then nothing was written
 */
export type Write = (pending: Pending) => void

export function openWriting(
  database: DatabaseSync,
  input: {
    readonly content: Content
    readonly journal: JournalTable
    readonly statusOf: (process: Process) => string
  },
): Write {
  const { content, journal, statusOf } = input
  const processes = openProcesses(database, { stored: content.processes, statusOf })
  const putGroup = database.prepare(`
    INSERT INTO groups (id, name, declared, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, declared = excluded.declared,
      created_at = excluded.created_at, updated_at = excluded.updated_at`)
  const removeGroup = database.prepare('DELETE FROM groups WHERE id = ?')
  const putRoom = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('room', ?)")
  /** Whether the first batch was written: the one that says that we are here. */
  let begun = false

  function writeAll(pending: Pending): void {
    if (!begun) begin(database, { unreadable: content.unreadable, wall: pending.wall })
    if (isEmpty(pending)) putRoom.run(room)
    for (const id of pending.removed) processes.remove(id)
    globalThis.crashPoint?.('commit: removed')
    for (const id of pending.removedGroups) removeGroup.run(id)
    for (const { id, name, declared, createdAt, updatedAt } of pending.groups) {
      putGroup.run(id, name, declared === null ? null : encode(declared), timeText(createdAt), timeText(updatedAt))
    }
    globalThis.crashPoint?.('commit: groups')
    for (const stored of pending.processes) {
      processes.put(stored, pending)
      globalThis.crashPoint?.('commit: process')
    }
    for (const { name } of pending.groups) processes.link(name)
    journal.append(pending.journal, pending.wall)
    globalThis.crashPoint?.('commit: journal')
  }

  return (pending) => {
    let outcome: 'committed' | 'undone' = 'undone'
    try {
      transact(database, () => writeAll(pending))
      outcome = 'committed'
      begun = true
    } finally {
      processes.settle(outcome)
    }
  }
}

/** As much as a command that changes a process or two has recorded. Written, it is known that there was room for it. */
const room = ' '.repeat(32_768)

/** From now on a crash is one, and what cannot be read is out of the way of what will be written. */
function begin(
  database: DatabaseSync,
  { unreadable, wall }: { unreadable: readonly Unreadable[]; wall: number },
): void {
  markClosed(database, { cleanly: false })
  const keep = database.prepare(`
    INSERT INTO set_aside SELECT ?, name, ?,
      json_object('id', id, 'spec', spec, 'state', state, 'boot_id', boot_id, 'marker', marker, 'pid', pid)
    FROM processes WHERE id = ?`)
  const remove = database.prepare('DELETE FROM processes WHERE id = ?')
  for (const { id, problem } of unreadable) {
    keep.run(timeText(wall), problem, id)
    remove.run(id)
  }
}

/** Writes whether the daemon has ended as it should. */
export function markClosed(database: DatabaseSync, { cleanly }: { readonly cleanly: boolean }): void {
  const statement = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('closed_cleanly', ?)")
  statement.run(cleanly ? '1' : '0')
}

/** The entries of a batch get their ids when it comes, also when it cannot be written at once: clients count on them. */
export function numbered(entries: readonly Omit<JournalEntry, 'id'>[], last: number): JournalEntry[] {
  return entries.map((entry, index) => ({ ...entry, id: last + index + 1 }))
}
