import { failure, type Failure } from '../../lib/result.ts'

/** What SQLite calls its errors (its primary result codes), as far as we ask for one of them. */
export const resultCode = {
  permission: 3,
  busy: 5,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  mismatch: 20,
  misuse: 21,
  range: 25,
  notADatabase: 26,
} as const

/** Those that only a mistake of ours can cause. */
const bugs: ReadonlySet<number> = new Set([
  resultCode.constraint,
  resultCode.mismatch,
  resultCode.misuse,
  resultCode.range,
])

/** The primary result code of an error that SQLite gave because of the world around us; null for any other: a bug. */
export function codeOf(error: unknown): number | null {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return null
  const primary = error.errcode & 0xff
  return bugs.has(primary) ? null : primary
}

/** Whether the file itself is wrong, as opposed to what surrounds it. */
export function tellsOfDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === resultCode.corrupt || code === resultCode.notADatabase
}

/**
 * What SQLite or the file system did not want to do, as a failure.
 * @throws anything else
 */
export function failureOf(error: unknown, { code, doing }: { readonly code: string; readonly doing: string }): Failure {
  const hint = hintFor(error)
  if (hint === null || !(error instanceof Error)) throw error
  return failure(code, `cannot ${doing}: ${error.message}`, hint).failure
}

function hintFor(error: unknown): string | null {
  switch (codeOf(error)) {
    case null:
      return error instanceof Error && 'syscall' in error ? 'Look at the directory, its owner and its mode.' : null
    case resultCode.full:
      return 'Free some space on its disk.'
    case resultCode.readOnly:
    case resultCode.permission:
    case resultCode.cannotOpen:
      return 'Look at the owner and the mode of the file and its directory, and whether the file system is read-only.'
    case resultCode.busy:
      return 'Another program holds the database: end it, or its transaction.'
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return 'The file is damaged: at the next start it is set aside and the last good copy is taken.'
    default:
      return 'Look at the disk and at the log of the kernel.'
  }
}
