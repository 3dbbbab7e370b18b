import type { Process } from '../core/process.ts'
import type { GroupPolicy } from '../core/spec.ts'
import type { Instant } from '../lib/time.ts'
import type { Failure, Result } from '../lib/result.ts'

/**
 * What must survive the daemon. One writer; every method is synchronous and has happened when it returns. Implemented
 * in memory and on SQLite, under one contract suite. Disposing of it without `close` leaves it as a crash would.
 */
export interface Store extends Disposable {
  /** What was there when it was opened. */
  readonly found: Found
  /**
   * All of one step in one transaction. A failure (`store-failed`: disk full, read-only) has written nothing; what it
   * should have written is kept in mind and goes with the next commit that works, be it an empty one.
   *
   * An empty batch asks whether something can be written, with room for what a command has recorded. While much is kept
   * in mind, only an empty one tries: it is not made anew with every step.
   */
  commit(batch: Batch): Result<null>
  /** The journal: entries after `since`, oldest first, `limit` at most: the last ones. Those not yet written count. */
  journal(query: JournalQuery): readonly JournalEntry[]
  /** The last entry's id; 0 if there is none. */
  readonly lastEntry: number
  /** Makes the good copy of a clean shutdown, and closes. */
  close(): void
}

export interface JournalQuery {
  readonly since: number
  /** Only those of this process. */
  readonly process: string | null
  readonly limit: number
  /** Only those of this kind. */
  readonly kind?: JournalEntry['kind']
  /** Only those of this time or later, in milliseconds since 1970. */
  readonly from?: number
}

export interface Found {
  readonly processes: readonly FoundProcess[]
  readonly groups: readonly StoredGroup[]
  /** Whether the daemon before ended by `close`, or there was none. */
  readonly closedCleanly: boolean
  /** Whether it is all that the daemon before knew: not a new database, nor the copy of one that was damaged. */
  readonly complete: boolean
  /** What went wrong and what was done about it, for the log and `supervisor().alarms`. */
  readonly alarms: readonly Failure[]
}

/** A process as it was at its last commit, with what tells whether its run is still the same. */
export interface StoredProcess {
  readonly process: Process
  /** The boot (`/proc/sys/kernel/random/boot_id`) in which its instants, pid and start time mean something. */
  readonly bootId: string
  /** The marker of its live run, by which its members know each other; null where nothing of it was alive. */
  readonly marker: string | null
}

/** A process that was found, with what tells its instants in wall time. */
export interface FoundProcess extends StoredProcess {
  /** The instant of its last commit on the clock of its boot, and the wall clock's time of the same moment. */
  readonly at: Instant
  readonly wall: number
}

export interface StoredGroup {
  readonly id: number
  readonly name: string
  /** What holds for its members together, and the file that says so; null: no file does. */
  readonly declared: DeclaredGroup | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
}

export interface DeclaredGroup {
  /** The absolute path. */
  readonly file: string
  readonly policy: GroupPolicy
}

export interface Batch {
  /** The instant and the wall clock's time of the step. */
  readonly at: Instant
  readonly wall: number
  /** Those that changed, whole. */
  readonly processes: readonly StoredProcess[]
  /** Ids of those that are gone. */
  readonly removed: readonly number[]
  readonly groups: readonly StoredGroup[]
  readonly removedGroups: readonly number[]
  readonly journal: readonly Omit<JournalEntry, 'id'>[]
}

/** One line of the journal, under the names of `wire`'s `EventView`. */
export interface JournalEntry {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** null: the supervisor itself. */
  readonly process: string | null
  readonly kind: (typeof journalKinds)[number]
  readonly from: string | null
  readonly to: string | null
  readonly run: number
  readonly pid: number | null
  readonly restarts: number
  readonly exit: { readonly code: number } | { readonly signal: string } | null
  readonly reason: string
  /** What led to it, where that is not the same. */
  readonly because: string | null
  readonly by: string | null
}

/** What an entry of the journal may be about: the words of `wire`'s `EventView`. */
export const journalKinds = ['status', 'ready', 'note', 'asked', 'killed', 'config', 'supervisor'] as const

/** Whether an entry is among those that are asked for. */
export function isAsked(entry: JournalEntry, { since, process, kind, from }: Omit<JournalQuery, 'limit'>): boolean {
  if (entry.id <= since || (process !== null && entry.process !== process)) return false
  return (kind === undefined || entry.kind === kind) && (from === undefined || entry.at >= from)
}
