import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { FileAccess, Output, Sink } from '../core/spec.ts'
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
 * Opens the sinks of a child, with the access that its output asks for: never a pipe, so that nobody has to read for it, and `/dev/stdout` works in it. [PR3], [PR4]
 * @param owner whom a file belongs to that has to be made; null: coppice's own user
 */
export function openStreams(
  sinks: Pick<Output, 'stdout' | 'stderr' | 'access'>,
  owner: Credentials | null,
): Result<Streams> {
  const files = new Map<string, number>()
  const close = (): void => {
    for (const descriptor of files.values()) closeSync(descriptor)
  }
  for (const sink of [sinks.stdout, sinks.stderr]) {
    // One file for both streams is opened once: where O_APPEND means nothing, they still share an offset.
    if (sink.tag !== 'file' || files.has(sink.path)) continue
    const opened = openFile(sink.path, { owner, access: sinks.access })
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

interface Belonging {
  readonly owner: Credentials | null
  readonly access: FileAccess | null
}

function openFile(path: string, belonging: Belonging): Result<number> {
  try {
    const descriptor = openOrMake(path, belonging)
    if (belonging.access !== null) grant(descriptor, { ...belonging, access: belonging.access })
    return success(descriptor)
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return { ok: false, failure: say(code, path) }
  }
}

function openOrMake(path: string, { owner, access }: Belonging): number {
  try {
    return openExisting(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  makeDirectory(dirname(path), access)
  try {
    const made = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, access?.fileMode ?? 0o644)
    if (owner !== null) fchownSync(made, owner.uid, owner.gid)
    return made
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
    return openExisting(path) // somebody else was quicker
  }
}

/** Those above it that are missing are made with the same mode, but for the umask. */
function makeDirectory(path: string, access: FileAccess | null): void {
  if (access === null) return void mkdirSync(path, { recursive: true })
  const made = mkdirSync(path, { recursive: true, mode: access.directoryMode })
  if (made === undefined) return // it was there, and is as somebody wants it
  chmodSync(path, access.directoryMode)
  permitted(() => chownSync(path, access.uid ?? keep, access.gid ?? keep))
}

/** As `chown` understands it: leave that id as it is. */
const keep = 0xffff_ffff

/** Whoever the process runs as is to own its log, unless that is root. Modes and owners that somebody changed come back. [PR27] */
function grant(
  descriptor: number,
  { owner, access }: { readonly owner: Credentials | null; readonly access: FileAccess },
): void {
  const stat = fstatSync(descriptor)
  if (!stat.isFile()) return
  const own = owner !== null && owner.uid !== 0 ? owner : { uid: access.uid ?? stat.uid, gid: access.gid ?? stat.gid }
  // The owner first: a change of it may take bits from the mode.
  if (stat.uid !== own.uid || stat.gid !== own.gid) permitted(() => fchownSync(descriptor, own.uid, own.gid))
  if ((stat.mode & 0o7777) !== access.fileMode) permitted(() => fchmodSync(descriptor, access.fileMode))
}

/** A file of somebody else's that we may write to serves as well: the process is not to fail for its mode. */
function permitted(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error
  }
}

/** Neither a FIFO without a reader may hold us up, nor a terminal become ours. */
function openExisting(path: string): number {
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK)
  if (!fstatSync(descriptor).isFile()) setBlocking(descriptor)
  return descriptor
}
