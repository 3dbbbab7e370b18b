// What monitors ask, in the test itself: it answers as it is told to, and remembers when it was asked.
import { createServer } from 'node:net'

export interface Asked {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly path: string
  readonly verb: string
}

export interface HttpService extends AsyncDisposable {
  readonly port: number
  url(path: string): string
  /** Answers this status on `path` from now on (200 before); `nothing` keeps the asker waiting. */
  say(path: string, answer: number | 'nothing'): void
  /** Answers once with each of these, then as `say` said. */
  sayOnce(path: string, ...answers: readonly (number | 'nothing')[]): void
  asked(path: string): Asked[]
}

export function anHttpService(): HttpService {
  const answers = new Map<string, number | 'nothing'>()
  const once = new Map<string, (number | 'nothing')[]>()
  const asked: Asked[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      const { pathname: path } = new URL(request.url)
      asked.push({ at: Date.now(), path, verb: request.method })
      const answer = once.get(path)?.shift() ?? answers.get(path) ?? 200
      // A promise that never comes true: the asker gives up, or the service ends.
      return answer === 'nothing' ? new Promise<Response>(() => undefined) : new Response(null, { status: answer })
    },
  })
  return {
    port: server.port ?? 0,
    url: (path) => `http://127.0.0.1:${server.port}${path}`,
    say: (path, answer) => void answers.set(path, answer),
    sayOnce: (path, ...next) => void once.set(path, [...next]),
    asked: (path) => asked.filter((one) => one.path === path),
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

export interface RedisService extends AsyncDisposable {
  readonly address: string
  /** What PING is answered with from now on (`+PONG`). */
  say(answer: string): void
}

/** Speaks just enough of Redis' protocol for a PING. */
export function aRedisService(): RedisService {
  let answer = '+PONG'
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, bytes) {
        if (/ping/i.test(bytes.toString())) socket.write(`${answer}\r\n`)
      },
    },
  })
  return {
    address: `127.0.0.1:${server.port}`,
    say: (next) => void (answer = next),
    [Symbol.asyncDispose]: async () => server.stop(true),
  }
}

/** Listens on a port of this machine, and does no more. */
export function aListener(port: number): Disposable {
  const server = Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } })
  return { [Symbol.dispose]: () => server.stop(true) }
}

/**
 * A port that nobody listens on. Not one of those that the kernel gives to whoever connects somewhere, so that none of
 * the many probes that run beside it takes it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000)
    if (!given.has(port) && (await isFree(port))) {
      given.add(port)
      return port
    }
  }
}

const given = new Set<number>()

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, () => server.close(() => resolve(true)))
  return promise
}
