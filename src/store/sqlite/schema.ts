import type { DatabaseSync } from 'node:sqlite'

/** Brings a database from one version to the next. Runs in a transaction. */
export type Migration = (database: DatabaseSync) => void

/** `copp`: tells our databases from others (PRAGMA application_id). */
export const applicationId = 0x636f7070

/**
 * The nth brings a database from version n to n + 1, the first from nothing. Whoever changes what is stored, also
 * inside `spec` and `state` (src/store/shape/), adds one, and a database of the version before to test/upgrades/.
 */
export const migrations: readonly Migration[] = [createFirst, tellMore]

// Times are texts in UTC (`2026-08-01T12:00:00.000Z`), so that a person can read them.
function createFirst(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    -- Coppice reads id, name, spec, state, boot_id, marker, committed_at and updated_at; the other columns say the same
    -- to a person who looks.
    CREATE TABLE processes (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      spec TEXT NOT NULL,
      state TEXT NOT NULL,
      boot_id TEXT NOT NULL,
      marker TEXT,
      committed_at REAL NOT NULL, -- on the monotonic clock of that boot, in milliseconds
      want TEXT NOT NULL,
      status TEXT NOT NULL,
      pid INTEGER,
      runs INTEGER NOT NULL,
      restarts INTEGER NOT NULL,
      exit TEXT,
      process_file TEXT NOT NULL,
      args TEXT NOT NULL,
      log TEXT NOT NULL,
      username TEXT NOT NULL,
      auto_restart INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE groups (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      declared TEXT, -- its policy, and the file that declares it
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE process_groups (
      process_id INTEGER NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
      group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
      PRIMARY KEY (process_id, group_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX process_groups_by_group ON process_groups (group_id);

    CREATE TABLE runs (
      process_id INTEGER NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
      run INTEGER NOT NULL,
      pid INTEGER NOT NULL,
      start_time INTEGER NOT NULL, -- field 22 of /proc/PID/stat
      boot_id TEXT NOT NULL,
      marker TEXT,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      exit TEXT,
      PRIMARY KEY (process_id, run)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE journal (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      process TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('status', 'ready', 'note')),
      from_status TEXT,
      to_status TEXT,
      run INTEGER NOT NULL,
      pid INTEGER,
      restarts INTEGER NOT NULL,
      exit_code INTEGER,
      exit_signal TEXT,
      reason TEXT NOT NULL,
      asked_by TEXT
    ) STRICT;
    CREATE INDEX journal_by_process ON journal (process);

    -- Processes that could not be read, as they were found.
    CREATE TABLE set_aside (at TEXT NOT NULL, name TEXT NOT NULL, problem TEXT NOT NULL, content TEXT NOT NULL) STRICT;
  `)
}

/** The journal also tells of the supervisor, which is no process, and what led to what it tells. */
function tellMore(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE told (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      process TEXT, -- NULL: the supervisor itself
      kind TEXT NOT NULL,
      from_status TEXT,
      to_status TEXT,
      run INTEGER NOT NULL,
      pid INTEGER,
      restarts INTEGER NOT NULL,
      exit_code INTEGER,
      exit_signal TEXT,
      reason TEXT NOT NULL,
      because TEXT,
      asked_by TEXT
    ) STRICT;
    INSERT INTO told
      SELECT id, at, process, kind, from_status, to_status, run, pid, restarts, exit_code, exit_signal, reason, NULL, asked_by
      FROM journal;
    DROP TABLE journal;
    ALTER TABLE told RENAME TO journal;
    CREATE INDEX journal_by_process ON journal (process);
  `)
}
