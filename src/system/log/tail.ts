import { afterLastNewline, endsLine, newlinesIn } from './newlines.ts'
import { blockSize, type LiveFile } from './live-file.ts'

/**
 * What is still looked for on the way back from the end of a log: `newlines` before the place where the wanted lines
 * begin, and `atEnd` as long as nothing has been seen, since a newline at the very end begins no line.
 */
export interface Search {
  readonly newlines: number
  readonly atEnd: boolean
}

/** What one part of the log gave: where in it the wanted lines begin, or what is left to look for before it. */
export type Found<Place> =
  { readonly tag: 'here'; readonly place: Place } | { readonly tag: 'before'; readonly search: Search }

export function searchFor(lines: number): Search {
  return { newlines: lines, atEnd: true }
}

/** A file is read backwards, in blocks, no further than needed. The place is an offset. */
export async function searchFile(file: LiveFile, size: number, search: Search): Promise<Found<number>> {
  let { newlines, atEnd } = search
  let end = size
  while (end > 0) {
    const start = Math.max(0, end - blockSize)
    const bytes = await file.read(start, end - start)
    if (bytes.length === 0) break // It was truncated while we looked.
    if (atEnd && endsLine(bytes)) newlines++
    atEnd = false
    const place = afterLastNewline(bytes, newlines)
    if (place !== null) return { tag: 'here', place: start + place }
    newlines -= newlinesIn(bytes)
    end = start
  }
  return { tag: 'before', search: { newlines, atEnd } }
}

/** A stream has to be read from its beginning. The place is how many newlines stand before the wanted lines. */
export async function searchStream(chunks: AsyncIterable<Uint8Array>, search: Search): Promise<Found<number>> {
  let count = 0
  let last: Uint8Array | null = null
  for await (const chunk of chunks) {
    count += newlinesIn(chunk)
    if (chunk.length > 0) last = chunk
  }
  if (last === null) return { tag: 'before', search }
  const newlines = search.newlines + (search.atEnd && endsLine(last) ? 1 : 0)
  if (count < newlines) return { tag: 'before', search: { newlines: newlines - count, atEnd: false } }
  return { tag: 'here', place: count - newlines + 1 }
}
