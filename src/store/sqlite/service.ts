import type { DatabaseSync } from 'node:sqlite'
import type { Process } from '../../core/process.ts'
import { success, type Failure, type Result } from '../../lib/result.ts'
import type { JournalBounds } from '../bounds.ts'
import { isEmpty, isMuch, merge, type Pending } from '../pending.ts'
import { isAsked, type Batch, type Found, type JournalEntry, type JournalQuery, type Store } from '../store.ts'
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
  /** What should have been written and could not, and why. */
  let pending: Pending | null = null
  let refusal: Failure | null = null
  let lastEntry = journal.last
  let isOpen = true

  function commit(batch: Batch): Result<null> {
    const entries = numbered(batch.journal, lastEntry)
    lastEntry += entries.length
    const all = merge(pending, { ...batch, journal: entries })
    if (refusal !== null && pending !== null && isMuch(pending) && !isEmpty(batch)) {
      pending = all
      return { ok: false, failure: refusal }
    }
    try {
      write(all)
    } catch (error) {
      if (codeOf(error) !== null) pending = all
      refusal = failureOf(error, { code: 'store-failed', doing: `write to ${place.file}` })
      return { ok: false, failure: refusal }
    }
    pending = null
    tell(copies.keep(batch.wall))
    return success(null)
  }

  function tell(alarm: Failure | null): void {
    if (alarm !== null) onAlarm(alarm)
  }

  function query(asked: JournalQuery): readonly JournalEntry[] {
    const late = (pending?.journal ?? []).filter((entry) => isAsked(entry, asked))
    return [...journal.query(asked), ...late].slice(-asked.limit)
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
      globalThis.crashPoint?.('end: before')
      markClosed(database, { cleanly: true })
      globalThis.crashPoint?.('end: marked')
      tell(copies.make(input.now()))
    } catch (error) {
      onAlarm(failureOf(error, { code: 'store-failed', doing: `write to ${place.file}` }))
    } finally {
      release()
      globalThis.crashPoint?.('end: closed')
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
