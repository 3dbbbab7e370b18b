import type { DatabaseSync } from 'node:sqlite'
import { failure, success, type Result } from '../../lib/result.ts'
import { connect, transact, versionOf } from './connection.ts'
import { copyTo } from './copy.ts'
import { failureOf } from './errors.ts'
import { makeEmpty, putInPlace, removeDatabase, type Place } from './place.ts'
import { applicationId, type Migration } from './schema.ts'

/**
 * Makes a new database without processes: under another name first, so that there is never half a one in its place.
 * @throws errors of SQLite and the file system
 */
export function create({ file, mode }: Place, migrations: readonly Migration[]): void {
  const unfinished = `${file}.new`
  removeDatabase(unfinished)
  makeEmpty(unfinished, mode)
  const database = connect(unfinished)
  try {
    database.exec(`PRAGMA application_id = ${applicationId}`)
    run(database, migrations)
  } finally {
    database.close()
  }
  putInPlace(unfinished, file)
}

/**
 * Brings a database to the present version, after a copy of it was made (`coppice.db.vN.bak`).
 * @returns `store-unmigrated` where that fails: the database is as it was
 */
export function migrate(database: DatabaseSync, place: Place, migrations: readonly Migration[]): Result<null> {
  const version = versionOf(database)
  if (version === migrations.length) return success(null)
  const copy = `${place.file}.v${version}.bak`
  const doing = `bring ${place.file} from version ${version} to ${migrations.length}`
  try {
    copyTo(database, copy, place.mode)
    globalThis.crashPoint?.('migration: copied')
    run(database, migrations)
    globalThis.crashPoint?.('migration: done')
    return success(null)
  } catch (error) {
    const { message, hint } = failureOf(error, { code: 'store-unmigrated', doing })
    return failure('store-unmigrated', message, `It is as it was. ${hint ?? ''}`.trim())
  }
}

function run(database: DatabaseSync, migrations: readonly Migration[]): void {
  const version = versionOf(database)
  transact(database, () => {
    for (const migration of migrations.slice(version)) migration(database)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
  })
  // So that the header of the file tells the version to whoever reads only that.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}
