import type { IncomingMessage } from 'node:http'
import { refusal, type Answer } from './answer.ts'

/** More than any request has to say. */
const longestBody = 64 * 1024

export type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly answer: Answer }

/** Reads the JSON of a request's body, `{}` where there is none: [AP7]. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Uint8Array[] = []
  let length = 0
  // What is too much is still read to its end, and dropped: else the client could not read the answer.
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length <= longestBody) chunks.push(chunk)
  }
  if (length <= longestBody) return parse(new TextDecoder().decode(Buffer.concat(chunks)))
  return { ok: false, answer: refusal('too-large', `The body has more than ${longestBody} bytes.`) }
}

function parse(text: string): Body {
  if (text.trim() === '') return { ok: true, value: {} }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { ok: false, answer: refusal('bad-request', `The body is not JSON: ${error.message}.`) }
  }
}
