import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tellsOfDamage } from './errors.ts'
import { versionOf } from './connection.ts'
import { statOf } from './place.ts'
import { applicationId } from './schema.ts'

/** What lies where a database of ours should lie. */
export type Finding =
  | { readonly tag: 'missing' }
  | { readonly tag: 'damaged'; readonly how: string }
  | { readonly tag: 'sound'; readonly version: number }

/**
 * Looks at a database without changing anything of it, nor of what SQLite keeps beside it.
 * @throws errors of SQLite and the file system that say nothing about the file itself
 */
export function examine(path: string): Finding {
  const found = statOf(path)
  if (found === null) return { tag: 'missing' }
  const strange = wrongInHeader(path, found.size)
  if (strange !== null) return { tag: 'damaged', how: strange }
  try {
    using database = new DatabaseSync(path, { readOnly: true })
    const wrong = wrongInside(database)
    return wrong === null ? { tag: 'sound', version: versionOf(database) } : { tag: 'damaged', how: wrong }
  } catch (error) {
    if (!tellsOfDamage(error) || !(error instanceof Error)) throw error
    return { tag: 'damaged', how: error.message }
  }
}

const headerSize = 100

/** See https://www.sqlite.org/fileformat.html#the_database_header. */
function wrongInHeader(path: string, size: number): string | null {
  if (size === 0) return 'it is empty'
  const header = Buffer.alloc(headerSize)
  const fd = openSync(path, 'r')
  try {
    readSync(fd, header, 0, headerSize, 0)
  } finally {
    closeSync(fd)
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') return 'it is no SQLite database'
  return header.readUInt32BE(68) === applicationId ? null : 'it is no database of coppice'
}

/** Also the version of a newer coppice, whose tables we do not know, is checked: damage is damage. */
function wrongInside(database: DatabaseSync): string | null {
  const verdict = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
  return verdict === 'ok'
    ? null
    : String(verdict)
        .replace(/^\*{3}.*\n/, '')
        .replaceAll('\n', ', ')
}
