import { dirname } from 'node:path'
import { identityOf, openLiveFile, statIfThere, blockSize, type LiveFile } from './live-file.ts'
import { lookOut, type LookOut, type Pace } from './look-out.ts'

export interface FollowOptions {
  readonly signal: AbortSignal
  readonly pace: Pace
}

/** What is being read, and how far it is. */
interface Reading {
  readonly file: LiveFile
  position: number
}

/**
 * Everything that is added to a log from `start` on, for as long as `signal` lets it: [LR7], [LR8]. The file that it
 * is given is closed in the end, and so is every other.
 */
export async function* follow(
  path: string,
  start: Reading | null,
  { signal, pace }: FollowOptions,
): AsyncGenerator<Uint8Array> {
  let reading = start
  let out: LookOut | null = null
  try {
    while (!signal.aborted) {
      if (reading !== null) yield* drain(reading, signal)
      const next = await look(path, reading)
      if (next.tag === 'wait' && out === null) {
        out = lookOut(next.where, { signal, pace }) // And look once more: it may have changed just before.
        continue
      }
      if (next.tag === 'wait') await out?.over
      out?.[Symbol.dispose]()
      out = null
      if (next.tag === 'wait') await breathe()
      if (next.tag === 'again' && reading !== null) reading.position = 0
      if (next.tag === 'switch') {
        const { file } = next
        if (reading !== null) {
          yield* drain(reading, signal)
          await reading.file[Symbol.asyncDispose]()
        }
        reading = { file, position: 0 }
      }
    }
  } finally {
    out?.[Symbol.dispose]()
    await reading?.file[Symbol.asyncDispose]()
  }
}

async function* drain(reading: Reading, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  while (!signal.aborted) {
    const bytes = await reading.file.read(reading.position, blockSize)
    if (bytes.length === 0) return
    reading.position += bytes.length
    yield bytes
  }
}

type Next =
  /** Nothing is new. `where` tells of what comes. */
  | { readonly tag: 'wait'; readonly where: string }
  /** There is more to read. */
  | { readonly tag: 'more' }
  /** The file has shrunk (`copytruncate`): it begins again. */
  | { readonly tag: 'again' }
  /** The name now belongs to another file (rename and create). */
  | { readonly tag: 'switch'; readonly file: LiveFile }

/**
 * What has become of a log. A new file that is still empty changes nothing yet: whoever has the old one open goes on
 * writing to it until told to open it anew.
 */
async function look(path: string, reading: Reading | null): Promise<Next> {
  if (reading !== null) {
    const size = await reading.file.size()
    if (size < reading.position) return { tag: 'again' }
    if (size > reading.position) return { tag: 'more' }
  }
  const found = await statIfThere(path)
  if (reading !== null && found !== null && identityOf(found) === reading.file.identity) {
    return { tag: 'wait', where: path }
  }
  const isWorthIt = found !== null && found.isFile() && (reading === null || found.size > 0n)
  const file = isWorthIt ? await openLiveFile(path) : null
  return file === null ? { tag: 'wait', where: dirname(path) } : { tag: 'switch', file }
}

/** A log that is written line by line shall not wake us for each. */
async function breathe(): Promise<void> {
  await Bun.sleep(breath)
}

const breath = 20
