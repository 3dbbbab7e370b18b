import { chmodSync, chownSync } from 'node:fs'
import { once } from 'node:events'
import type { Server } from 'node:net'
import { getSystemErrorName } from 'node:util'
import { failure, success, type Result } from '../lib/result.ts'
import { socketInUse } from './claim.ts'

/** Who may talk to the socket. */
export interface Access {
  /** Such as 0o660. */
  readonly mode: number
  /** The numeric group; absent: the supervisor's own. */
  readonly gid?: number
}

/**
 * Binds the server to a socket of these rights: [AP17]. It is never open to more people than it should be, not for a
 * moment.
 * @returns `socket-in-use`, `no-socket` where the place or the group cannot be had
 */
export async function listenAt(server: Server, path: string, { mode, gid }: Access): Promise<Result<null>> {
  // The runtime binds before `listen` returns, so that the mask holds for this socket and for nothing else.
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
  globalThis.crashPoint?.('start: socket bound')
  try {
    await once(server, 'listening')
    if (gid !== undefined) chownSync(path, -1, gid)
    chmodSync(path, mode)
    globalThis.crashPoint?.('start: socket open')
    return success(null)
  } catch (error) {
    server.close()
    return explain(error, path)
  }
}

/**
 * The same for a socket that `open` makes and that is not tied to any server.
 * @param open gives the descriptor of a socket that listens, or the negated errno
 */
export function bindAt(path: string, { mode, gid }: Access, open: (path: string) => number): Result<number> {
  const before = process.umask(0o177)
  const descriptor = open(path)
  process.umask(before)
  if (descriptor < 0) return explain(hostError(descriptor), path)
  globalThis.crashPoint?.('start: socket bound')
  try {
    if (gid !== undefined) chownSync(path, -1, gid)
    chmodSync(path, mode)
    globalThis.crashPoint?.('start: socket open')
    return success(descriptor)
  } catch (error) {
    return explain(error, path)
  }
}

/** Has the server accept what knocks at a socket that listens already; the descriptor is its own from now on. */
export async function listenOn(server: Server, descriptor: number, path: string): Promise<Result<null>> {
  if (descriptor < 0) return explain(hostError(descriptor), path)
  try {
    server.listen({ fd: descriptor })
    await once(server, 'listening')
    return success(null)
  } catch (error) {
    return explain(error, path)
  }
}

function hostError(errno: number): Error {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(code), { code })
}

function explain(error: unknown, path: string): Result<never> {
  const { code = '', message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'EADDRINUSE':
      return socketInUse(path)
    case 'ENOENT':
    case 'ENOTDIR':
      return failure('no-socket', `There is no directory for the control socket ${path}.`)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(
        'no-socket',
        `The control socket ${path} could not be made: ${message}.`,
        'Give another place with COPPICE_HOME or --socket PATH.',
      )
    default:
      throw error
  }
}
