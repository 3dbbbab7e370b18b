import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { success, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { refusal, type Answer } from './answer.ts'
import { readBody } from './body.ts'
import { createConnections } from './connections.ts'
import type { Caller, Control } from './control.ts'
import { openDoor, type Sockets } from './door.ts'
import { answer, longestBody } from './endpoints.ts'
import { replaced, wasReplaced } from './interrupted.ts'
import type { Access } from './listen.ts'
import { destinationOf } from './router.ts'
import { write } from './write.ts'

export interface ControlServerOptions extends Access {
  readonly control: Control
  readonly socketPath: string
  /** Absent: the socket cannot be handed on to another program image. */
  readonly sockets?: Sockets
  /** A socket that listens at the path already, from the image before this one. */
  readonly inherited?: number | null
  /** Who is at the other end of a connected socket (SO_PEERCRED). */
  readonly peerOf: (fd: number) => Caller | null
  /** Is told of every error that is a bug; the server goes on. */
  readonly onError: (error: unknown) => void
  /** How long a stream of events may be silent; by default 15 s. */
  readonly keepAlive?: Millis
}

/** A control socket that answers. */
export interface ControlServer extends AsyncDisposable {
  /** What listens, for the next program image; null: it cannot be handed on. */
  readonly descriptor: number | null
  /**
   * Answers what is under way, for `within` at most, and takes nothing new: who knocks waits in the socket's queue. Waits
   * and streams get a clean end, after which whoever comes next goes on with them: [AP60].
   * @param besides connections that are left as they are
   */
  pause(order: { readonly besides: number; readonly within: Millis }): Promise<void>
  /** Goes on where the program was not replaced after all. */
  resume(): Promise<Result<null>>
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
export async function serveControl(options: ControlServerOptions): Promise<Result<ControlServer>> {
  const { control, socketPath, peerOf, onError, keepAlive = 15_000 } = options
  let closing = new AbortController()
  const connections = createConnections(peerOf)
  const underWay = new Set<Promise<void>>()
  const http = createHttpServer((request, response) => {
    const { socket } = request
    connections.asked(socket)
    const caller = connections.callerOf(socket)
    const descriptor = connections.descriptorOf(socket)
    const exchange = { request, response, control, caller, descriptor, closing: closing.signal, keepAlive }
    const answered = serve(exchange).catch(onError)
    underWay.add(answered)
    void answered.then(() => {
      underWay.delete(answered)
      connections.answered(socket)
    })
  })
  http.on('clientError', (_error, socket) => socket.end(notHttp))
  // Only a listener of `net` tells the descriptor of a connection, by which the kernel knows who is at its other end.
  const opened = await openDoor(
    { ...options, path: socketPath },
    {
      enter(socket) {
        connections.add(socket)
        http.emit('connection', socket)
      },
      onError,
    },
  )
  if (!opened.ok) return opened
  const door = opened.value

  return success({
    descriptor: door.descriptor,
    async pause({ besides, within }) {
      door.shut()
      closing.abort(replaced)
      const end = performance.now() + within
      do await elapsed(1)
      while (connections.endIdle() > besides && performance.now() < end)
    },
    resume() {
      closing = new AbortController()
      return door.reopen()
    },
    async [Symbol.asyncDispose]() {
      const closed = door.close()
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
  readonly descriptor: number | null
  readonly closing: AbortSignal
  readonly keepAlive: Millis
}

/** `gone`: nobody waits any more, or somebody else will go on; `left`: nobody waits any more. */
interface Patience {
  readonly gone: AbortSignal
  readonly left: AbortSignal
}

/** Answers one request. It ends when the answer is written or the client is gone; it rejects for bugs only. */
async function serve(exchange: Exchange): Promise<void> {
  const { response, closing } = exchange
  const [gone, left] = [new AbortController(), new AbortController()]
  const leave = (): void => {
    gone.abort()
    left.abort()
  }
  const close = (): void => (wasReplaced(closing) ? gone.abort(closing.reason) : leave())
  const over = new Promise<void>((resolve) => response.once('close', resolve))
  response.once('close', leave)
  closing.addEventListener('abort', close)
  if (closing.aborted) close()
  const patience = { gone: gone.signal, left: left.signal }
  try {
    const answer = await answerOf(exchange, patience)
    if (answer !== null) await write(response, { answer, isLast: closing.aborted, ...patience })
  } catch (error) {
    await apologize(response, patience)
    throw error
  } finally {
    closing.removeEventListener('abort', close)
  }
  await over
}

/** After a bug: says so where nothing was said yet; else breaks off, so that nobody takes a part for the whole. */
async function apologize(response: ServerResponse, patience: Patience): Promise<void> {
  if (response.headersSent) return void response.destroy()
  const answer = refusal('internal', 'The supervisor failed to answer; its log says why.')
  await write(response, { answer, isLast: true, ...patience })
}

/** null: the client went away in the middle of its request. */
async function answerOf(
  { request, control, caller, descriptor, closing, keepAlive }: Exchange,
  patience: Patience,
): Promise<Answer | null> {
  const destination = destinationOf(request.method ?? '', request.url ?? '')
  const isKnown = 'endpoint' in destination
  const body = await readBody(request, longestBody(isKnown ? destination.endpoint : null))
  if (!body.ok) return body.answer
  if (wasReplaced(closing)) return refusal('replaced', 'The supervisor is being replaced; ask again.')
  if (closing.aborted) return refusal('shutting-down', 'The supervisor is shutting down.')
  if (!isKnown) return destination
  return answer(destination.endpoint, {
    control,
    asked: destination.names,
    query: destination.query,
    headers: { accept: request.headers.accept ?? '', lastEventId: headerOf(request, 'last-event-id') },
    body: body.value,
    caller,
    connection: descriptor,
    ...patience,
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
