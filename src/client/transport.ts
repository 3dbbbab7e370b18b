import { failure, success, type Failure, type Result } from '../lib/result.ts'
import { formatDuration, type Millis } from '../lib/time.ts'

export interface Exchange {
  readonly socketPath: string
  readonly method: string
  /** Percent-encoded, with its query. */
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
  const { socketPath, patience } = request
  try {
    const response = await send(request, patience === null ? null : AbortSignal.timeout(patience))
    return read(await response.text(), { ok: response.ok, socketPath })
  } catch (error) {
    return { ok: false, failure: explain(error, request) }
  }
}

/** The same for an answer that is text: that of `/metrics`. */
export async function exchangeText(request: Exchange): Promise<Result<string>> {
  const { socketPath, patience } = request
  try {
    const response = await send(request, patience === null ? null : AbortSignal.timeout(patience))
    const text = await response.text()
    if (response.ok) return success(text)
    const told = read(text, { ok: false, socketPath })
    return told.ok ? notCoppice(socketPath) : told
  } catch (error) {
    return { ok: false, failure: explain(error, request) }
  }
}

/** What an answer without an end gives; whoever has read it to its end may ask how it ended. */
export interface Stream<T> extends AsyncIterable<T> {
  /** null: it came to its end, or was ended by us. */
  readonly failure: Failure | null
}

/**
 * One request whose answer is read as it comes. The patience is for its beginning; `signal` ends it.
 * @returns as `exchange`
 */
export async function openStream(
  request: Exchange & { readonly signal: AbortSignal },
): Promise<Result<Stream<Uint8Array>>> {
  const { socketPath, signal, patience } = request
  const hangUp = new AbortController()
  const tooLate = patience === null ? null : AbortSignal.timeout(patience)
  const giveUp = (): void => hangUp.abort(tooLate?.reason)
  tooLate?.addEventListener('abort', giveUp)
  try {
    const response = await send(request, AbortSignal.any([signal, hangUp.signal]))
    if (response.ok) return success(streamOf(response, request))
    const told = read(await response.text(), { ok: false, socketPath })
    return told.ok ? notCoppice(socketPath) : told
  } catch (error) {
    return { ok: false, failure: explain(error, request) }
  } finally {
    tooLate?.removeEventListener('abort', giveUp)
  }
}

function streamOf({ body }: Response, request: Exchange & { readonly signal: AbortSignal }): Stream<Uint8Array> {
  let failed: Failure | null = null
  return {
    get failure() {
      return failed
    },
    async *[Symbol.asyncIterator]() {
      try {
        if (body !== null) yield* body
      } catch (error) {
        if (!request.signal.aborted) failed = explain(error, request)
      }
    },
  }
}

function send({ socketPath, method, path, body }: Exchange, signal: AbortSignal | null): Promise<Response> {
  return fetch(`http://coppice${path}`, {
    unix: socketPath,
    method,
    redirect: 'manual',
    timeout: false, // Else it would hang up by itself after five minutes.
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
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
  return { ok: false, failure: strange(socketPath) }
}

function strange(socketPath: string): Failure {
  const message = `What answers at ${socketPath} does not speak as coppice does, or is of another version.`
  return { code: 'not-coppice', message }
}

/** What a person is told of an error of the connection; one that is none of it is thrown again. */
function explain(error: unknown, { socketPath, patience }: Exchange): Failure {
  const told = failureOf(codeOf(error), { socketPath, patience })
  if (told === null) throw error
  return told
}

function failureOf(code: string, { socketPath, patience }: Pick<Exchange, 'socketPath' | 'patience'>): Failure | null {
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
