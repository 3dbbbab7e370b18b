import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** The name of a supervisor in the markers of its runs, as the file at this path has it; made where it is missing. */
export function keepOwnId(path: string): string {
  try {
    const known = readFileSync(path, 'utf8').trim()
    if (/^[0-9a-f]{16}$/.test(known)) return known
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const fresh = newOwnId()
  writeFileSync(path, `${fresh}\n`, { mode: 0o600 })
  globalThis.crashPoint?.('start: id made')
  return fresh
}

/** A name for a supervisor that nobody can guess. */
export function newOwnId(): string {
  return randomBytes(8).toString('hex')
}
