import type { Verdict } from '../../core/check.ts'
import type { Result } from '../../lib/result.ts'
import { failed } from './asking.ts'
import { converse } from './converse.ts'
import { dial, nameOf, type Target } from './dial.ts'
import type { Head } from './http-head.ts'
import { createResponseReader } from './http-response.ts'

export interface Request {
  readonly url: URL
  readonly method: string
  readonly headers: ReadonlyMap<string, string>
}

export interface Response extends Head {
  /** The body, when all of it has come (at most 1 MiB); null when the connection ended in the midst of it. */
  readonly body: Promise<string | null>
  readonly close: () => void
}

/** Makes one HTTP/1.1 request on a connection of its own. @returns the response as soon as its head has come */
export async function exchange(request: Request, signal: AbortSignal): Promise<Result<Response, Verdict>> {
  const target = targetOf(request.url)
  const dialed = await dial(target, signal)
  if (!dialed.ok) return dialed
  const socket = dialed.value
  const reader = createResponseReader(request.method)
  const refuse = (why: string) => ({ ok: false, failure: failed(`${why}: ${nameOf(target)}`) }) as const
  socket.on('close', () => reader.end())
  return converse<Result<Response, Verdict>>(socket, {
    request: write(request),
    read(bytes) {
      const head = reader.take(bytes)
      if (head === null) return null
      if (head === 'not-http') return refuse('does not answer in HTTP')
      return { ok: true, value: { ...head, body: reader.body, close: () => socket.destroy() } }
    },
    ended: () => refuse('connection closed without an answer'),
  })
}

function targetOf({ protocol, hostname, port }: URL): Target {
  const tls = protocol === 'https:'
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (tls ? 443 : 80), tls }
}

function write({ url, method, headers }: Request): string {
  const lines = new Map([
    ['host', url.host],
    ['user-agent', 'coppice'],
    ['accept', '*/*'],
    // Each asking opens a connection of its own: that a new one can be opened is part of what is asked.
    ['connection', 'close'],
  ])
  if (method !== 'GET' && method !== 'HEAD') lines.set('content-length', '0')
  if (url.username !== '' || url.password !== '') lines.set('authorization', `Basic ${credentials(url)}`)
  for (const [name, value] of headers) lines.set(name.toLowerCase(), value)
  const head = Array.from(lines, ([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${head.join('')}\r\n`
}

function credentials({ username, password }: URL): string {
  return Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
}
