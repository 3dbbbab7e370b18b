import type { DatabaseSync } from 'node:sqlite'
import type { Process } from '../../core/process.ts'
import { success, type Failure, type Result } from '../../lib/result.ts'
import type { JournalBounds } from '../bounds.ts'
import { merge, type Pending } from '../pending.ts'
import type { Batch, Found, JournalEntry, Store } from '../store.ts'
import { keepCopies } from './copies.ts'
import { codeOf, failureOf } from './errors.ts'
import { openJournal } from './journal.ts'
import type { Content } from './load.ts'
import type { Place } from './place.ts'
import { markClosed, numbered, openWriting } from './write.ts'

/** The store over a database that is sound, of the present version, and loaded. */
export function createSqliteStore(input: {
  readonly database: DatabaseSync
  readonly place: Place
  readonly content: Content
  readonly found: Found
  readonly bounds: JournalBounds
  readonly statusOf: (process: Process) => string
  readonly onAlarm: (alarm: Failure) => void
  readonly now: () => number
}): Store {
  const { database, place, onAlarm } = input
  const journal = openJournal(database, input.bounds)
  const write = openWriting(database, { content: input.content, journal, statusOf: input.statusOf })
  const copies = keepCopies(database, place, input.now())
  /** What should have been written and could not. */
  let pending: Pending | null = null
  let lastEntry = journal.last
  let isOpen = true

  function commit(batch: Batch): Result<null> {
    const entries = numbered(batch.journal, lastEntry)
    lastEntry += entries.length
    const all = merge(pending, { ...batch, journal: entries })
    try {
      write(all)
    } catch (error) {
      if (codeOf(error) !== null) pending = all
      return { ok: false, failure: failureOf(error, { code: 'store-failed', doing: `write to ${place.file}` }) }
    }
    pending = null
    tell(copies.keep(batch.wall))
    return success(null)
  }

  function tell(alarm: Failure | null): void {
    if (alarm !== null) onAlarm(alarm)
  }

  function query(asked: { since: number; process: string | null; limit: number }): readonly JournalEntry[] {
    const { since, process, limit } = asked
    const unwritten = pending?.journal ?? []
    const late = unwritten.filter((entry) => entry.id > since && (process === null || entry.process === process))
    return [...journal.query(asked), ...late].slice(-limit)
  }

  /** Says that we are here, and cleans up; what fails now is tried again with every commit. */
  function begin(): Failure | null {
    const nothing = { processes: [], removed: [], groups: [], removedGroups: [], journal: [] }
    const begun = commit({ at: 0, wall: input.now(), ...nothing })
    return begun.ok ? null : begun.failure
  }

  function release(): void {
    if (isOpen) database.close()
    isOpen = false
  }

  function close(): void {
    if (!isOpen) return
    try {
      if (pending !== null) write(pending)
      markClosed(database, { cleanly: true })
      tell(copies.make(input.now()))
    } catch (error) {
      onAlarm(failureOf(error, { code: 'store-failed', doing: `write to ${place.file}` }))
    } finally {
      release()
    }
  }

  const alarm = begin()
  return {
    found: alarm === null ? input.found : { ...input.found, alarms: [...input.found.alarms, alarm] },
    commit,
    journal: (asked) => (asked.limit > 0 ? query(asked) : []),
    get lastEntry() {
      return lastEntry
    },
    close,
    [Symbol.dispose]: release,
  }
}
