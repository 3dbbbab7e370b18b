import { createBody, type Body } from './http-body.ts'
import { headLength, parseHead, type Head } from './http-head.ts'

export interface ResponseReader {
  /** Takes the next bytes. @returns the head as soon as it is complete, null before, or that this is no HTTP */
  take(bytes: Buffer): Head | null | 'not-http'
  /** The connection has ended. */
  end(): void
  /** The body, when all of it has come (at most 1 MiB); null when the connection ended in the midst of it. */
  readonly body: Promise<string | null>
}

/** Reads one response of HTTP/1, in whatever pieces it comes. */
export function createResponseReader(method: string): ResponseReader {
  const whole = Promise.withResolvers<string | null>()
  let held: Buffer = Buffer.alloc(0)
  let response: { readonly head: Head; readonly body: Body } | null = null

  function take(bytes: Buffer): Head | null | 'not-http' {
    if (response !== null) return takeBody(response, bytes)
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    const length = headLength(held)
    if (length === null) return held.length > longestHead ? 'not-http' : null
    const head = parseHead(held.toString('latin1', 0, length))
    if (head === null) return 'not-http'
    const rest = held.subarray(length)
    held = Buffer.alloc(0)
    // `100 Continue` and `103 Early Hints` only announce the response.
    if (head.status < 200 && head.status !== 101) return take(rest)
    response = { head, body: createBody(head, method) }
    return takeBody(response, rest)
  }

  function takeBody({ head, body }: { head: Head; body: Body }, bytes: Buffer): Head {
    if (body.take(bytes)) whole.resolve(body.text)
    return head
  }

  function end(): void {
    whole.resolve(response?.body.framing === 'close' ? response.body.text : null)
  }

  return { take, end, body: whole.promise }
}

const longestHead = 64 * 1024
