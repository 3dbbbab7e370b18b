import { chmodSync, mkdirSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Process } from '../core/process.ts'
import { success, type Failure, type Result } from '../lib/result.ts'
import { journalBounds, type JournalBounds } from './bounds.ts'
import { connect } from './sqlite/connection.ts'
import { failureOf } from './sqlite/errors.ts'
import { alarmOf, load } from './sqlite/load.ts'
import { migrate } from './sqlite/migrate.ts'
import { filesOf, placeIn, statOf, type Place } from './sqlite/place.ts'
import { recover } from './sqlite/recover.ts'
import { migrations as ours, type Migration } from './sqlite/schema.ts'
import { createSqliteStore } from './sqlite/service.ts'
import type { Store } from './store.ts'

export interface StoreOptions {
  /** The state directory; made, for its owner alone, if it is missing. */
  readonly directory: string
  /** The mode of the database's files (pmon3's `data.file_mode`); 0600 if nothing else is said. */
  readonly mode?: number
  /** The wall clock in milliseconds since 1970; the host's if nothing else is said. */
  readonly now?: () => number
  /** The public word for a process, for those who look into the table; its state's if nothing else is said. */
  readonly statusOf?: (process: Process) => string
  readonly journal?: JournalBounds
  /** Told what goes wrong without anybody having asked: a good copy that cannot be made. */
  readonly onAlarm?: (alarm: Failure) => void
  /** Tests bring their own. */
  readonly migrations?: readonly Migration[]
}

/**
 * Opens the database `coppice.db` of a state directory; makes a new one if there is none. What is damaged is set aside
 * and its last good copy taken: `found.alarms` tells it.
 * @returns `store-unwritable` where directory or file cannot be used; `store-newer` for a database of a newer coppice,
 *   which is not touched; `store-unmigrated` for an older one that could not be brought to the present version
 */
export function openStore(options: StoreOptions): Result<Store> {
  const place = placeIn(options.directory, options.mode ?? 0o600)
  try {
    return openIn(place, options)
  } catch (error) {
    return { ok: false, failure: failureOf(error, { code: 'store-unwritable', doing: `use ${place.file}` }) }
  }
}

function openIn(place: Place, options: StoreOptions): Result<Store> {
  const { directory, migrations = ours, now = Date.now } = options
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const recovery = recover(place, migrations, now())
  if (!recovery.ok) return recovery
  const { alarms, origin } = recovery.value
  const database = connect(place.file)
  try {
    const modeAlarms = setModes(place)
    const migrated = migrate(database, place, migrations)
    if (!migrated.ok) return closing(database, migrated)
    const content = load(database)
    const found = {
      processes: content.processes,
      groups: content.groups,
      closedCleanly: content.closedCleanly && origin !== 'mended',
      complete: origin === 'left' && content.unreadable.length === 0,
      alarms: [...alarms, ...modeAlarms, ...content.unreadable.map(alarmOf)],
    }
    return success(createSqliteStore({ database, place, content, found, ...settingsOf(options) }))
  } catch (error) {
    database.close()
    throw error
  }
}

function settingsOf({ statusOf, journal, onAlarm, now }: StoreOptions) {
  return {
    statusOf: statusOf ?? (({ state }: Process) => state.tag),
    bounds: journal ?? journalBounds,
    onAlarm: onAlarm ?? (() => undefined),
    now: now ?? Date.now,
  }
}

function closing<T>(database: DatabaseSync, outcome: T): T {
  database.close()
  return outcome
}

/** SQLite gives the files beside the database the mode that the database has when it makes them. */
function setModes({ file, mode }: Place): readonly Failure[] {
  try {
    for (const path of filesOf(file)) {
      const found = statOf(path)
      if (found !== null && found.mode !== mode) chmodSync(path, mode)
    }
    return []
  } catch (error) {
    const doing = `set the mode of ${file} to ${mode.toString(8).padStart(4, '0')}`
    return [failureOf(error, { code: 'store-mode', doing })]
  }
}
