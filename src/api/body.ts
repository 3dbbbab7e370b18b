import type { IncomingMessage } from 'node:http'
import { refusal, type Answer } from './answer.ts'

export type Body =
  | { readonly ok: true; readonly value: unknown }
  /** null: nobody is there any more to be answered. */
  | { readonly ok: false; readonly answer: Answer | null }

/** Reads the JSON of a request's body, `{}` where there is none: [AP7]. @param longest in bytes */
export async function readBody(request: IncomingMessage, longest: number): Promise<Body> {
  const bytes = await collect(request, longest)
  if (bytes === 'gone') return { ok: false, answer: null }
  if (bytes !== 'too-large') return parse(new TextDecoder().decode(bytes))
  return { ok: false, answer: refusal('too-large', `The body has more than ${longest} bytes.`) }
}

async function collect(request: IncomingMessage, longest: number): Promise<Uint8Array | 'too-large' | 'gone'> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    // What is too much is still read to its end, and dropped: else the client could not read the answer.
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length <= longest) chunks.push(chunk)
      else chunks.length = 0
    }
  } catch (error) {
    if (request.complete) throw error
    return 'gone'
  }
  return length <= longest ? Buffer.concat(chunks) : 'too-large'
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
