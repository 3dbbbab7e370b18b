import { closeSync, constants, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Output, Sink } from '../core/spec.ts'
import { assertNever } from '../lib/assert.ts'
import { success, type Result } from '../lib/result.ts'
import { errnoOf, isErrno } from './errno.ts'
import { say } from './explain.ts'
import type { Credentials } from './identity.ts'
import { setBlocking } from './libc.ts'

/** Where a stream of a child goes, as the runtime takes it. */
export type Stream = number | 'ignore'

/** The streams of a child; what was opened for them is closed when this is disposed of. */
export interface Streams extends Disposable {
  readonly stdout: Stream
  readonly stderr: Stream
}

/**
 * Opens the sinks of a child: never a pipe, so that nobody has to read for it, and `/dev/stdout` works in it. [PR3], [PR4]
 * @param owner whom a file belongs to that has to be made; null: coppice's own user
 */
export function openStreams(sinks: Pick<Output, 'stdout' | 'stderr'>, owner: Credentials | null): Result<Streams> {
  const files = new Map<string, number>()
  const close = (): void => {
    for (const descriptor of files.values()) closeSync(descriptor)
  }
  for (const sink of [sinks.stdout, sinks.stderr]) {
    // One file for both streams is opened once: where O_APPEND means nothing, they still share an offset.
    if (sink.tag !== 'file' || files.has(sink.path)) continue
    const opened = openFile(sink.path, owner)
    if (!opened.ok) {
      close()
      return opened
    }
    files.set(sink.path, opened.value)
  }
  const stdout = streamOf(sinks.stdout, files)
  return success({ stdout, stderr: streamOf(sinks.stderr, files), [Symbol.dispose]: close })
}

function streamOf(sink: Sink, files: ReadonlyMap<string, number>): Stream {
  switch (sink.tag) {
    case 'inherit-stdout':
      return 1
    case 'inherit-stderr':
      return 2
    case 'discard':
      return 'ignore'
    case 'file':
      return files.get(sink.path) ?? 'ignore'
    default:
      return assertNever(sink)
  }
}

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NONBLOCK } = constants

function openFile(path: string, owner: Credentials | null): Result<number> {
  try {
    return success(openOrMake(path, owner))
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return { ok: false, failure: say(code, path) }
  }
}

function openOrMake(path: string, owner: Credentials | null): number {
  try {
    return openExisting(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  mkdirSync(dirname(path), { recursive: true })
  try {
    const made = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0o644)
    if (owner !== null) fchownSync(made, owner.uid, owner.gid)
    return made
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
    return openExisting(path) // somebody else was quicker
  }
}

/** Neither a FIFO without a reader may hold us up, nor a terminal become ours. */
function openExisting(path: string): number {
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK)
  if (!fstatSync(descriptor).isFile()) setBlocking(descriptor)
  return descriptor
}
