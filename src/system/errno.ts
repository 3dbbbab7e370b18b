import { getSystemErrorMap, getSystemErrorName } from 'node:util'

/** 2 or -2 → `ENOENT`. */
export function errnoName(errno: number): string {
  return getSystemErrorName(-Math.abs(errno))
}

/** `ENOENT` → `no such file or directory`; the name itself where nobody knows a sentence for it. */
export function errnoText(name: string): string {
  for (const [known, text] of getSystemErrorMap().values()) if (known === name) return text
  return name
}

/** The errno's name of an error that the host gave, or null for any other: that one is a bug, and not ours to catch. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return null
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : null
}

export function isErrno(error: unknown, ...names: readonly string[]): boolean {
  const name = errnoOf(error)
  return name !== null && names.includes(name)
}
