import { failure, type Failure, type Result } from '../lib/result.ts'
import { formatDuration, type Millis } from '../lib/time.ts'

/** Who was asked, and how long we would have waited. */
interface Asked {
  readonly socketPath: string
  readonly patience: Millis | null
}

export function notCoppice(socketPath: string): Result<never> {
  return { ok: false, failure: strange(socketPath) }
}

function strange(socketPath: string): Failure {
  const message = `What answers at ${socketPath} does not speak as coppice does, or is of another version.`
  return { code: 'not-coppice', message }
}

/** What a person is told of an error of the connection; one that is none of it is thrown again. */
export function explain(error: unknown, { socketPath, patience }: Asked): Failure {
  const told = failureOf(codeOf(error), { socketPath, patience })
  if (told === null) throw error
  return told
}

function failureOf(code: string, { socketPath, patience }: Asked): Failure | null {
  const because = (name: string, message: string, hint?: string): Failure => failure(name, message, hint).failure
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ECONNREFUSED':
      return because('no-supervisor', `No coppice answers at ${socketPath}.`, startOne)
    case 'EACCES':
    case 'EPERM':
      return because(
        'no-permission',
        `You may not use the control socket ${socketPath}.`,
        'Ask as its owner, or as a member of its group.',
      )
    case 'ENAMETOOLONG':
      return because('socket-path-too-long', `No socket can have so long a path: ${socketPath}.`)
    case 'AbortError':
      return because('ended', 'It was ended before it was answered.')
    case 'TimeoutError':
      return because(
        'silent',
        `The supervisor at ${socketPath} has not answered for ${formatDuration(patience ?? 0)}.`,
        'It may be stopped or overloaded.',
      )
    case 'EAGAIN':
      return because('silent', `More callers wait at ${socketPath} than its queue can hold.`, 'Ask again in a while.')
    case 'ECONNRESET':
    case 'ConnectionClosed':
    case 'EPIPE':
      return because(
        'connection-lost',
        `The supervisor at ${socketPath} hung up before it had answered.`,
        'It may have ended; `coppice ls` tells.',
      )
    case 'Malformed_HTTP_Response':
    case 'InvalidHTTPResponse':
    case 'InvalidContentLength':
      return strange(socketPath)
    default:
      return null
  }
}

/** What to do where nobody answers. */
export const startOne = 'Start a daemon with `coppice daemon`, or the tree of a file with `coppice up FILE`.'

/** The errno's name, or how the runtime names it; `` where there is neither. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return error.name
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
