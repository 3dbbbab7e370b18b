import type { DatabaseSync } from 'node:sqlite'
import { pruningStep, type JournalBounds } from '../bounds.ts'
import { journalKinds, type JournalEntry, type JournalQuery } from '../store.ts'
import { numberIn, numberOrNullIn, textIn, textOrNullIn, timeIn, timeText, type Row } from './row.ts'

export interface JournalTable {
  /** The id of the last entry that was there at first; 0 if there was none. */
  readonly last: number
  /** Inside a transaction. */
  append(entries: readonly JournalEntry[], wall: number): void
  /** After `since`, oldest first, the last `limit` of them. */
  query(query: JournalQuery): JournalEntry[]
}

export function openJournal(database: DatabaseSync, bounds: JournalBounds): JournalTable {
  const insert = database.prepare(`
    INSERT INTO journal (id, at, process, kind, from_status, to_status, run, pid, restarts, exit_code, exit_signal, reason, because, asked_by)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  // The ids are in the order of time, so this looks only at what is to go.
  const firstYoung = database.prepare('SELECT id FROM journal WHERE at >= ? ORDER BY id LIMIT 1')
  const remove = database.prepare('DELETE FROM journal WHERE id < ?')
  const step = pruningStep(bounds)
  let pruned = Number.NEGATIVE_INFINITY

  function prune(last: number, wall: number): void {
    const young = firstYoung.get(timeText(wall - bounds.age))
    // The last entry always stays: the next id is told by it.
    remove.run(Math.min(last, Math.max(last - bounds.count + 1, young === undefined ? last : numberIn(young, 'id'))))
  }

  return {
    last: Number(database.prepare('SELECT max(id) AS last FROM journal').get()?.['last'] ?? 0),
    append(entries, wall) {
      for (const entry of entries) insert.run(...columnsOf(entry))
      const last = entries.at(-1)?.id
      if (last === undefined || last - pruned < step) return
      prune(last, wall)
      pruned = last
    },
    query({ since, process, kind, from, limit }) {
      const where: readonly (readonly [string, string | number])[] = [
        ['id > ?', since],
        ...(process === null ? [] : [['process = ?', process] as const]),
        ...(kind === undefined ? [] : [['kind = ?', kind] as const]),
        ...(from === undefined ? [] : [['at >= ?', timeText(from)] as const]),
      ]
      const conditions = where.map(([condition]) => condition).join(' AND ')
      const select = database.prepare(`SELECT * FROM journal WHERE ${conditions} ORDER BY id DESC LIMIT ?`)
      return select
        .all(...where.map(([, value]) => value), limit)
        .map(entryIn)
        .reverse()
    },
  }
}

function columnsOf(entry: JournalEntry): (string | number | null)[] {
  const { id, at, process, kind, from, to, run, pid, restarts, exit, reason, because, by } = entry
  const code = exit !== null && 'code' in exit ? exit.code : null
  const signal = exit !== null && 'signal' in exit ? exit.signal : null
  return [id, timeText(at), process, kind, from, to, run, pid, restarts, code, signal, reason, because, by]
}

function entryIn(row: Row): JournalEntry {
  return {
    id: numberIn(row, 'id'),
    at: timeIn(row, 'at'),
    process: textOrNullIn(row, 'process'),
    kind: kindIn(row),
    from: textOrNullIn(row, 'from_status'),
    to: textOrNullIn(row, 'to_status'),
    run: numberIn(row, 'run'),
    pid: numberOrNullIn(row, 'pid'),
    restarts: numberIn(row, 'restarts'),
    exit: exitIn(row),
    reason: textIn(row, 'reason'),
    because: textOrNullIn(row, 'because'),
    by: textOrNullIn(row, 'asked_by'),
  }
}

function kindIn(row: Row): JournalEntry['kind'] {
  const word = textIn(row, 'kind')
  return journalKinds.find((kind) => kind === word) ?? 'note'
}

function exitIn(row: Row): JournalEntry['exit'] {
  const signal = textOrNullIn(row, 'exit_signal')
  if (signal !== null) return { signal }
  const code = numberOrNullIn(row, 'exit_code')
  return code === null ? null : { code }
}
