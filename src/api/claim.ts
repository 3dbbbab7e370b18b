import { lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { failure, success, type Result } from '../lib/result.ts'
import { socketPathProblem } from '../wire/places.ts'

/**
 * Makes way for a socket at `path`: [AP16]. A socket that nobody answers is removed; one that somebody answers, and
 * anything that is no socket, is left alone and a failure. Two that claim at the same moment must be kept apart by a
 * lock of their own.
 * @returns `socket-path-too-long`, `socket-in-use`, `not-a-socket`, `no-permission`
 */
export async function claimSocket(path: string): Promise<Result<null>> {
  const problem = socketPathProblem(path)
  if (problem !== null) return { ok: false, failure: problem }
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return success(null)
  if (!found.isSocket()) {
    return failure(
      'not-a-socket',
      `${path} exists and is not a socket.`,
      'Remove it, or give another place with --socket PATH.',
    )
  }
  return claimFrom(path)
}

async function claimFrom(path: string): Promise<Result<null>> {
  const code = await knock(path)
  switch (code) {
    case 'answered':
    case 'EAGAIN': // Its queue is full: somebody is there, and busy.
      return socketInUse(path)
    case 'ECONNREFUSED':
      unlinkSync(path)
      return success(null)
    case 'ENOENT':
      return success(null)
    case 'EACCES':
    case 'EPERM':
      return failure(
        'no-permission',
        `The socket ${path} belongs to somebody else.`,
        'Give another place with --socket PATH.',
      )
    default:
      throw new Error(`connecting to ${path}: ${code}`)
  }
}

export function socketInUse(path: string): Result<never> {
  return failure(
    'socket-in-use',
    `Another supervisor already answers at ${path}.`,
    'Stop it first, or give this one a place of its own with COPPICE_HOME or --socket PATH.',
  )
}

/** Connects and hangs up. Returns `answered`, or the errno's name. */
async function knock(path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(path, () => resolve('answered'))
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  const result = await promise
  socket.destroy()
  return result
}
