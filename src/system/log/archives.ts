import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isErrno } from '../errno.ts'
import { identityOf, statIfThere } from './live-file.ts'

/** A rotated part of a log. */
export interface Archive {
  readonly path: string
  readonly packing: Packing
}

/** How it is compressed; `unknown`: in a way that we cannot read. */
export type Packing = 'plain' | 'gzip' | 'zstd' | 'unknown'

/** What is known of a file that may be an archive. */
export interface Candidate {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * The archives that lie beside a log, oldest first: [LR5].
 * @param except the file that is open as the live one: it may have been renamed meanwhile
 */
export async function findArchives(log: string, except: string | null): Promise<Archive[]> {
  const directory = dirname(log)
  const candidates: Candidate[] = []
  for (const name of await namesIn(directory)) {
    if (archiveNamed(name, basename(log)) === null) continue
    const found = await statIfThere(join(directory, name))
    if (found === null || !found.isFile() || identityOf(found) === except) continue
    candidates.push({ name, modified: Number(found.mtimeMs) })
  }
  return archivesAmong(candidates, basename(log)).map(({ name, packing }) => ({ path: join(directory, name), packing }))
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

/**
 * Which of these are archives of the log of that name, oldest first: by the date in their names, or their numbers (the
 * highest is the oldest); where both occur, or neither, by the time they were last written. Of one that is just being
 * compressed only the complete one counts.
 */
export function archivesAmong(
  candidates: readonly Candidate[],
  log: string,
): { readonly name: string; readonly packing: Packing }[] {
  const found = candidates.flatMap(({ name, modified }) => {
    const archive = archiveNamed(name, log)
    return archive === null ? [] : [{ ...archive, name, modified }]
  })
  const plain = new Set(found.filter(({ packing }) => packing === 'plain').map(({ age }) => age))
  const complete = found.filter(({ packing, age }) => packing === 'plain' || !plain.has(age))
  return complete.toSorted(orderOf(complete)).map(({ name, packing }) => ({ name, packing }))
}

interface Dated {
  /** What its name says of its age: `1`, `20261120`. */
  readonly age: string
  readonly name: string
  readonly modified: number
}

function orderOf(all: readonly Dated[]): (a: Dated, b: Dated) => number {
  if (all.every(({ age }) => number.test(age))) return (a, b) => Number(b.age) - Number(a.age)
  if (all.every(({ age }) => date.test(age))) return (a, b) => compare(a.age, b.age)
  return (a, b) => a.modified - b.modified || compare(a.name, b.name)
}

/** logrotate counts to some hundreds; what is longer is a date. */
const number = /^\d{1,5}$/
/** `20261120`, `2026112013`, `2026-11-20`, `20261120-1795132800`. */
const date = /^\d{4}[\d_T.:-]{4,}$/
const endings: ReadonlyMap<string | undefined, Packing> = new Map([
  [undefined, 'plain'],
  ['gz', 'gzip'],
  ['zst', 'zstd'],
  ['bz2', 'unknown'],
  ['xz', 'unknown'],
])

/** Reads the name of an archive; null if it is none of that log. */
function archiveNamed(name: string, log: string): { readonly age: string; readonly packing: Packing } | null {
  if (!name.startsWith(log)) return null
  const parts = /^[.-](?<age>.+?)(?:\.(?<ending>gz|zst|bz2|xz))?$/.exec(name.slice(log.length))
  const { age = '', ending } = parts?.groups ?? {}
  const packing = endings.get(ending)
  if (parts === null || packing === undefined) return null
  // pmon3 took whatever is compressed and begins as the log does.
  return number.test(age) || date.test(age) || packing !== 'plain' ? { age, packing } : null
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
