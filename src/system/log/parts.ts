import { assertNever } from '../../lib/assert.ts'
import { errnoOf, errnoText } from '../errno.ts'
import type { Archive } from './archives.ts'
import { blockSize, openLiveFile, type LiveFile } from './live-file.ts'
import { withoutLines } from './newlines.ts'
import { searchFile, searchFor, searchStream, type Found, type Search } from './tail.ts'
import { unpack } from './unpack.ts'

/** A log is its archives, oldest first, and its live file as far as it had been written when reading began. */
export type Part =
  | { readonly tag: 'archive'; readonly archive: Archive }
  | { readonly tag: 'live'; readonly file: LiveFile; readonly size: number }

/** Where to begin: in which part, and where in it: an offset or, in a compressed one, how many newlines to leave out. */
export interface Start {
  readonly part: number
  readonly place: number
  /** What turned out to be damaged on the way, and why; it is left out. */
  readonly damaged: ReadonlyMap<Part, string>
}

export const beginning: Start = { part: 0, place: 0, damaged: new Map() }

/** Where the last so many lines of the whole begin: [LR1], [LR5]. */
export async function startOfTail(parts: readonly Part[], lines: number): Promise<Start> {
  const damaged = new Map<Part, string>()
  let search = searchFor(lines)
  for (const [index, part] of [...parts.entries()].toReversed()) {
    try {
      const found = await searchPart(part, search)
      if (found.tag === 'here') return { part: index, place: found.place, damaged }
      search = found.search
    } catch (error) {
      damaged.set(part, reasonOf(error))
    }
  }
  return { ...beginning, damaged }
}

async function searchPart(part: Part, search: Search): Promise<Found<number>> {
  if (part.tag === 'live') return searchFile(part.file, part.size, search)
  const { path, packing } = part.archive
  if (packing !== 'plain') return searchStream(unpacked(part.archive), search)
  await using file = await openArchive(path)
  return await searchFile(file, await file.size(), search)
}

/** The bytes of one part, from `place` on. Throws where it cannot be read; `reasonOf` tells why. */
export async function* bytesOf(part: Part, place: number): AsyncGenerator<Uint8Array> {
  if (part.tag === 'live') return yield* bytesBetween(part.file, place, part.size)
  const { path, packing } = part.archive
  if (packing !== 'plain') return yield* withoutLines(unpacked(part.archive), place)
  await using file = await openArchive(path)
  return yield* bytesBetween(file, place, await file.size())
}

async function* bytesBetween(file: LiveFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end;) {
    const bytes = await file.read(position, Math.min(blockSize, end - position))
    if (bytes.length === 0) return // It was truncated meanwhile.
    position += bytes.length
    yield bytes
  }
}

function unpacked({ path, packing }: Archive): AsyncIterable<Uint8Array> {
  switch (packing) {
    case 'gzip':
    case 'zstd':
      return unpack(path, packing)
    case 'unknown':
    case 'plain':
      throw new Unreadable('coppice cannot read what is compressed in this way')
    default:
      return assertNever(packing)
  }
}

async function openArchive(path: string): Promise<LiveFile> {
  const file = await openLiveFile(path)
  if (file === null) throw new Unreadable('it is gone')
  return file
}

/** Says why a part cannot be read; throws on what is a bug of ours. */
export function reasonOf(error: unknown): string {
  if (error instanceof Unreadable) return error.message
  const errno = errnoOf(error)
  if (errno !== null) return errnoText(errno)
  // zlib's own codes are Z_DATA_ERROR, ZSTD_error_prefix_unknown, …
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z')) return error.message
  throw error
}

/** Why a part cannot be read, where it is not the host that says so. */
export class Unreadable extends Error {}
