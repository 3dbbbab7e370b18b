import { failure, success, type Failure, type Result } from '../lib/result.ts'
import { formatDuration, type Millis } from '../lib/time.ts'

export interface Exchange {
  readonly socketPath: string
  readonly method: string
  /** Percent-encoded. */
  readonly path: string
  /** Becomes JSON. */
  readonly body?: unknown
  /** How long the supervisor may be silent; null: as long as it likes. */
  readonly patience: Millis | null
}

/**
 * One request, one answer: the parsed JSON of a success, or the failure that the supervisor tells of.
 * @returns also `no-supervisor`, `no-permission`, `silent`, `connection-lost`, `not-coppice`
 */
export async function exchange(request: Exchange): Promise<Result<unknown>> {
  const { socketPath, method, path, body, patience } = request
  try {
    const response = await fetch(`http://coppice${path}`, {
      unix: socketPath,
      method,
      redirect: 'manual',
      timeout: false, // Else it would hang up by itself after five minutes.
      signal: patience === null ? null : AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    return read(text, { ok: response.ok, socketPath })
  } catch (error) {
    return explain(error, request)
  }
}

function read(text: string, { ok, socketPath }: { ok: boolean; socketPath: string }): Result<unknown> {
  const parsed = parse(text)
  if (parsed === undefined) return notCoppice(socketPath)
  if (ok) return success(parsed)
  const told = failureIn(parsed)
  return told === null ? notCoppice(socketPath) : { ok: false, failure: told }
}

/** undefined: it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Reads an `ErrorAnswer`; null if it is none. */
function failureIn(answer: unknown): Failure | null {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return null
  const { error } = answer
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null
  const { code, message } = error
  if (typeof code !== 'string' || typeof message !== 'string') return null
  return 'hint' in error && typeof error.hint === 'string' ? { code, message, hint: error.hint } : { code, message }
}

export function notCoppice(socketPath: string): Result<never> {
  return failure(
    'not-coppice',
    `What answers at ${socketPath} does not speak as coppice does, or is of another version.`,
  )
}

function explain(error: unknown, { socketPath, patience }: Exchange): Result<never> {
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ECONNREFUSED':
      return failure('no-supervisor', `No coppice answers at ${socketPath}.`, 'Start one with `coppice up FILE`.')
    case 'EACCES':
    case 'EPERM':
      return failure(
        'no-permission',
        `You may not use the control socket ${socketPath}.`,
        'Ask as its owner, or as a member of its group.',
      )
    case 'ENAMETOOLONG':
      return failure('socket-path-too-long', `No socket can have so long a path: ${socketPath}.`)
    case 'TimeoutError':
      return failure(
        'silent',
        `The supervisor at ${socketPath} has not answered for ${formatDuration(patience ?? 0)}.`,
        'It may be stopped or overloaded.',
      )
    case 'EAGAIN':
      return failure('silent', `More callers wait at ${socketPath} than its queue can hold.`, 'Ask again in a while.')
    case 'ECONNRESET':
    case 'ConnectionClosed':
    case 'EPIPE':
      return failure(
        'connection-lost',
        `The supervisor at ${socketPath} hung up before it had answered.`,
        'It may have ended; `coppice ls` tells.',
      )
    case 'Malformed_HTTP_Response':
    case 'InvalidHTTPResponse':
    case 'InvalidContentLength':
      return notCoppice(socketPath)
    default:
      throw error
  }
}

/** The errno's name, or how the runtime names it; `` where there is neither. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'TimeoutError') return error.name
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
