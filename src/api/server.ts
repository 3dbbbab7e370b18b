import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { success, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { refusal, type Answer } from './answer.ts'
import { readBody } from './body.ts'
import { claimSocket } from './claim.ts'
import { createConnections } from './connections.ts'
import type { Caller, Control } from './control.ts'
import { answer, longestBody } from './endpoints.ts'
import { listenAt, type Access } from './listen.ts'
import { destinationOf } from './router.ts'
import { write } from './write.ts'

export interface ControlServerOptions extends Access {
  readonly control: Control
  readonly socketPath: string
  /** Who is at the other end of a connected socket (SO_PEERCRED). */
  readonly peerOf: (fd: number) => Caller | null
  /** Is told of every error that is a bug; the server goes on. */
  readonly onError: (error: unknown) => void
  /** How long a stream of events may be silent; by default 15 s. */
  readonly keepAlive?: Millis
}

/** The answer to what is not even a request. */
const notHttp = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** How long the disposal waits for answers that are under way. */
const farewell = 1000

/**
 * Answers the routes of `wire/routes.ts` on a unix socket, in the name of `control`. Its directory must exist.
 * Disposing of it refuses what still waits (`shutting-down`), closes every connection and removes the socket: [AP18].
 * @returns `socket-path-too-long`, `socket-in-use`, `not-a-socket`, `no-permission`, `no-socket`
 */
export async function serveControl(options: ControlServerOptions): Promise<Result<AsyncDisposable>> {
  const { control, socketPath, peerOf, onError, keepAlive = 15_000 } = options
  const claimed = await claimSocket(socketPath)
  if (!claimed.ok) return claimed

  const closing = new AbortController()
  const connections = createConnections(peerOf)
  const underWay = new Set<Promise<void>>()
  const http = createHttpServer((request, response) => {
    const caller = connections.callerOf(request.socket)
    const exchange = { request, response, control, caller, closing: closing.signal, keepAlive }
    const answered = serve(exchange).catch(onError)
    underWay.add(answered)
    void answered.then(() => underWay.delete(answered))
  })
  http.on('clientError', (_error, socket) => socket.end(notHttp))
  // Only a listener of `net` tells the descriptor of a connection, by which the kernel knows who is at its other end.
  const listener = createServer((socket) => {
    connections.add(socket)
    http.emit('connection', socket)
  })
  const listening = await listenAt(listener, socketPath, options)
  if (!listening.ok) return listening
  listener.on('error', onError)

  return success({
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      closing.abort()
      const late = elapsed(farewell)
      await Promise.race([Promise.all(underWay), late])
      connections.end('written')
      await Promise.race([closed, late])
      connections.end('at-once')
      await closed
    },
  })
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly control: Control
  readonly caller: Caller | null
  readonly closing: AbortSignal
  readonly keepAlive: Millis
}

/** Answers one request. It ends when the answer is written or the client is gone; it rejects for bugs only. */
async function serve(exchange: Exchange): Promise<void> {
  const { response, closing } = exchange
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  const over = new Promise<void>((resolve) => response.once('close', resolve))
  response.once('close', leave)
  closing.addEventListener('abort', leave)
  if (closing.aborted) leave()
  try {
    const answer = await answerOf(exchange, gone.signal)
    if (answer !== null) await write(response, { answer, isLast: closing.aborted, gone: gone.signal })
  } catch (error) {
    await apologize(response, gone.signal)
    throw error
  } finally {
    closing.removeEventListener('abort', leave)
  }
  await over
}

/** After a bug: says so where nothing was said yet; else breaks off, so that nobody takes a part for the whole. */
async function apologize(response: ServerResponse, gone: AbortSignal): Promise<void> {
  if (response.headersSent) return void response.destroy()
  const answer = refusal('internal', 'The supervisor failed to answer; its log says why.')
  await write(response, { answer, isLast: true, gone })
}

/** null: the client went away in the middle of its request. */
async function answerOf(
  { request, control, caller, closing, keepAlive }: Exchange,
  gone: AbortSignal,
): Promise<Answer | null> {
  const destination = destinationOf(request.method ?? '', request.url ?? '')
  const isKnown = 'endpoint' in destination
  const body = await readBody(request, longestBody(isKnown ? destination.endpoint : null))
  if (!body.ok) return body.answer
  if (closing.aborted) return refusal('shutting-down', 'The supervisor is shutting down.')
  if (!isKnown) return destination
  return answer(destination.endpoint, {
    control,
    asked: destination.names,
    query: destination.query,
    headers: { accept: request.headers.accept ?? '', lastEventId: headerOf(request, 'last-event-id') },
    body: body.value,
    caller,
    gone,
    hangUp: () => request.socket.destroy(),
    keepAlive,
  })
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => AbortSignal.timeout(milliseconds).addEventListener('abort', () => resolve()))
}
