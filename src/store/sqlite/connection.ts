import { DatabaseSync } from 'node:sqlite'

/** A supervisor does not wait long: what could not be written goes with the next commit. */
const busyTimeout = 250

/** Opens a database of ours that exists. SQLite's errors come through. */
export function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec(`
      PRAGMA busy_timeout = ${busyTimeout};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
    `)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}

/**
 * All or nothing: commits what `work` did, and takes it back where it throws.
 * @throws what `work` or SQLite threw
 */
export function transact(database: DatabaseSync, work: () => void): void {
  globalThis.crashPoint?.('commit: before')
  database.exec('BEGIN IMMEDIATE')
  globalThis.crashPoint?.('commit: begun')
  try {
    work()
    database.exec('COMMIT')
    globalThis.crashPoint?.('commit: done')
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK')
  } catch (error) {
    // After a full disk and its like SQLite has taken it back by itself, and says that there is no transaction.
    if (!(error instanceof Error && 'errcode' in error)) throw error
  }
}
