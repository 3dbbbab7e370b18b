import { success, type Failure, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { explain, notCoppice } from './explain.ts'

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
export function exchange(request: Exchange): Promise<Result<unknown>> {
  return again(() => exchangeOnce(request))
}

async function exchangeOnce(request: Exchange): Promise<Result<unknown>> {
  const { socketPath, patience } = request
  try {
    const response = await send(request, patience === null ? null : AbortSignal.timeout(patience))
    return read(await response.text(), { ok: response.ok, socketPath })
  } catch (error) {
    return { ok: false, failure: explain(error, request) }
  }
}

/** The same for an answer that is text: that of `/metrics`. */
export function exchangeText(request: Exchange): Promise<Result<string>> {
  return again(() => exchangeTextOnce(request))
}

async function exchangeTextOnce(request: Exchange): Promise<Result<string>> {
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
  /** What the answer said of itself; '' where it did not. */
  header?(name: string): string
  /** null: it came to its end, or was ended by us. */
  readonly failure: Failure | null
}

/**
 * One request whose answer is read as it comes. The patience is for its beginning; `signal` ends it.
 * @returns as `exchange`
 */
export function openStream(request: Exchange & { readonly signal: AbortSignal }): Promise<Result<Stream<Uint8Array>>> {
  return again(() => openStreamOnce(request))
}

async function openStreamOnce(
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

function streamOf(
  { body, headers }: Response,
  request: Exchange & { readonly signal: AbortSignal },
): Stream<Uint8Array> {
  let failed: Failure | null = null
  return {
    header: (name) => headers.get(name) ?? '',
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
  const told =
    'hint' in error && typeof error.hint === 'string' ? { code, message, hint: error.hint } : { code, message }
  if (code !== 'replaced' || !('resume' in answer)) return told
  const interrupted: Interrupted = { ...told, interruption: answer }
  return interrupted
}

/** What was begun goes on, and another program will know of it: see `carry-on.ts`. */
export interface Interrupted extends Failure {
  readonly interruption: unknown
}

/** How often one asks in vain at most. */
const mostTries = 100

/**
 * Asks again where a program that was giving way to another one did nothing of what was asked: the other one will. It is
 * no waiting: who knocks meanwhile is let in when that one is there. [CL80]
 */
async function again<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  for (let tries = 1; ; tries++) {
    const answer = await ask()
    const isTurnedAway = !answer.ok && answer.failure.code === 'replaced' && !('interruption' in answer.failure)
    if (!isTurnedAway || tries === mostTries) return answer
  }
}
