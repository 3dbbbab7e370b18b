import { chmodSync, closeSync, constants, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the database lies, and with which mode its files are made. */
export interface Place {
  readonly file: string
  /** The last good copy. */
  readonly copy: string
  readonly mode: number
}

export function placeIn(directory: string, mode: number): Place {
  const file = join(directory, 'coppice.db')
  return { file, copy: `${file}.bak`, mode }
}

/** The database's own file and those that SQLite keeps beside it. The first holds what the others add to. */
export function filesOf(path: string): readonly string[] {
  return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]
}

/** The file's size and its time of change in milliseconds since 1970; null: there is none. */
export function statOf(
  path: string,
): { readonly size: number; readonly changed: number; readonly mode: number } | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : { size: found.size, changed: found.mtimeMs, mode: found.mode & 0o7777 }
}

export function removeDatabase(path: string): void {
  for (const file of filesOf(path)) rmSync(file, { force: true })
}

/** Makes an empty file with this mode, whatever the umask, so that nobody reads what SQLite will write into it. */
export function makeEmpty(path: string, mode: number): void {
  closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600))
  chmodSync(path, mode)
}

/**
 * Puts a finished file in its place: after that it is there whole, also when the power fails. Only for files that no
 * connection of ours has open: closing a descriptor of one drops SQLite's locks on it.
 */
export function putInPlace(finished: string, path: string): void {
  sync(finished)
  globalThis.crashPoint?.('file: finished')
  renameSync(finished, path)
  globalThis.crashPoint?.('file: renamed')
  sync(dirname(path))
}

function sync(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Renames a damaged database, with what SQLite keeps beside it, and never over another one.
 * @returns its new path
 */
export function setAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(':', '-')
  let aside = `${path}.damaged-${stamp}`
  for (let n = 2; filesOf(aside).some((file) => statOf(file) !== null); n++) aside = `${path}.damaged-${stamp}-${n}`
  const [targets, sources] = [filesOf(aside), filesOf(path)]
  // The database first: what is left of it after a crash in between must not look like a whole one.
  for (const [index, source] of sources.entries()) {
    const target = targets[index]
    if (target !== undefined && statOf(source) !== null) renameSync(source, target)
  }
  return aside
}
