import { basename } from 'node:path'
import { errnoOf } from '../errno.ts'
import { findArchives } from './archives.ts'
import { follow } from './follow.ts'
import { openLiveFile, type LiveFile } from './live-file.ts'
import { usualPace, type Pace } from './look-out.ts'
import { endsLine, withoutLines } from './newlines.ts'
import { beginning, bytesOf, reasonOf, startOfTail, Unreadable, type Part, type Start } from './parts.ts'
import type { LogQuery, Place } from './query.ts'

/**
 * The bytes of a log, as they are in its files, in pieces of at most 64 KiB; the next piece is read when it is asked
 * for. They end with the file as it was when reading began or, with `follow`, when `signal` is aborted. What cannot be
 * read is told in a line among them: [LR1] to [LR9].
 */
export function readLog(
  path: string,
  query: LogQuery,
  signal: AbortSignal,
  pace: Pace = usualPace,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const closing = new AbortController()
      const pieces = piecesOf(path, query, { signal: AbortSignal.any([signal, closing.signal]), pace })
      return {
        next: () => pieces.next(),
        // The follower may be waiting for news, and would end only with them.
        return() {
          closing.abort()
          return pieces.return(undefined)
        },
      }
    },
  }
}

interface Circumstances {
  readonly signal: AbortSignal
  readonly pace: Pace
}

async function* piecesOf(
  path: string,
  query: LogQuery,
  circumstances: Circumstances,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    await using live = await openLiveFile(path)
    const { lines } = query
    const pieces = joined(path, { live, query, circumstances })
    yield* lines.tag === 'tail' || query.after !== undefined
      ? pieces
      : withoutLines(pieces, Math.max(0, lines.count - 1))
  } catch (error) {
    yield note(path, '', reasonOf(error))
  }
  return undefined
}

/** The parts one after the other, from the wanted lines on, and then what is added. */
async function* joined(
  path: string,
  { live, query, circumstances }: { live: LiveFile | null; query: LogQuery; circumstances: Circumstances },
): AsyncGenerator<Uint8Array> {
  const { lines } = query
  const size = live === null ? 0 : await live.size()
  const archives = query.archives ? await findArchives(path, live?.identity ?? null) : []
  const parts: Part[] = archives.map((archive) => ({ tag: 'archive', archive }))
  if (live !== null) parts.push({ tag: 'live', file: live, size })
  const start =
    query.after !== undefined
      ? startAfter(query.after, { parts, live, size })
      : lines.tag === 'tail'
        ? await startOfTail(parts, lines.count)
        : beginning
  yield* partsFrom(start, parts, circumstances.signal)
  if (query.follow) yield* follow(path, live === null ? null : { file: live, position: size }, circumstances)
}

/** A log that was rotated or truncated meanwhile is read from its beginning. */
function startAfter(
  { file, position }: Place,
  { parts, live, size }: { parts: readonly Part[]; live: LiveFile | null; size: number },
): Start {
  const place = file === live?.identity && position <= size ? position : 0
  return { part: Math.max(0, parts.length - 1), place, damaged: new Map() }
}

/** Where the last so many lines of a log begin; null: it is not there yet, or cannot be read. */
export async function placeOfTail(path: string, lines: number): Promise<Place | null> {
  try {
    await using live = await openLiveFile(path)
    if (live === null) return null
    const { place } = await startOfTail([{ tag: 'live', file: live, size: await live.size() }], lines)
    return { file: live.identity, position: place }
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null
  }
}

async function* partsFrom(start: Start, parts: readonly Part[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let isLineStart = true
  for (const [index, part] of parts.entries()) {
    if (index < start.part) continue
    try {
      const damage = start.damaged.get(part)
      if (damage !== undefined) throw new Unreadable(damage)
      for await (const bytes of bytesOf(part, index === start.part ? start.place : 0)) {
        if (signal.aborted) return
        yield bytes
        isLineStart = endsLine(bytes)
      }
    } catch (error) {
      if (part.tag === 'live') throw error
      yield note(part.archive.path, isLineStart ? '' : '\n', reasonOf(error))
      isLineStart = true
    }
  }
}

function note(path: string, before: string, reason: string): Uint8Array {
  return new TextEncoder().encode(`${before}coppice: ${basename(path)} cannot be read: ${reason}.\n`)
}
