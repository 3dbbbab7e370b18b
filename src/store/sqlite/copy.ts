import { copyFileSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { connect } from './connection.ts'
import { makeEmpty, putInPlace, removeDatabase, type Place } from './place.ts'

/**
 * Writes the database as it is now to another path, whole or not at all; what lay there is replaced.
 * @throws errors of SQLite and the file system
 */
export function copyTo(database: DatabaseSync, path: string, mode: number): void {
  const unfinished = `${path}.new`
  removeDatabase(unfinished)
  try {
    makeEmpty(unfinished, mode)
    database.prepare('VACUUM INTO ?').run(unfinished)
    putInPlace(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/**
 * Puts the last good copy in the place of the database.
 * @throws errors of SQLite and the file system
 */
export function takeCopy({ file, copy, mode }: Place): void {
  const unfinished = `${file}.new`
  removeDatabase(unfinished)
  makeEmpty(unfinished, mode)
  copyFileSync(copy, unfinished)
  connect(unfinished).close()
  putInPlace(unfinished, file)
}
