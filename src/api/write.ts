import type { ServerResponse } from 'node:http'
import type { Answer, StreamAnswer } from './answer.ts'

/** Writes an answer. A stream is written as it is read, and this ends with it. */
export async function write(
  response: ServerResponse,
  {
    answer,
    isLast,
    gone,
    left,
  }: { readonly answer: Answer; readonly isLast: boolean; readonly gone: AbortSignal; readonly left: AbortSignal },
): Promise<void> {
  const last = isLast ? { connection: 'close' } : {}
  switch (answer.tag) {
    case 'json': {
      const allow = answer.allow === undefined ? {} : { allow: answer.allow.join(', ') }
      const head = { 'content-type': 'application/json', ...allow, ...last }
      return writeWhole(response, { status: answer.status, head, text: `${JSON.stringify(answer.body)}\n` })
    }
    case 'text':
      return writeWhole(response, { status: 200, head: { 'content-type': answer.type, ...last }, text: answer.text })
    case 'stream':
      return pour(response, answer, answer.isFinite === true ? left : gone)
  }
}

function writeWhole(
  response: ServerResponse,
  { status, head, text }: { readonly status: number; readonly head: Record<string, string>; readonly text: string },
): void {
  globalThis.crashPoint?.('reply: before')
  response.writeHead(status, { ...head, 'content-length': Buffer.byteLength(text) })
  response.end(text)
  globalThis.crashPoint?.('reply: after')
}

/** [AP49]: no chunk is asked for before the one before has left us, so that who does not read costs no more than one. */
async function pour(
  response: ServerResponse,
  { type, headers, chunks }: StreamAnswer,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', ...headers })
  response.flushHeaders()
  for await (const chunk of chunks) {
    if (gone.aborted) break
    if (chunk.length > 0 && !response.write(chunk)) await drained(response, gone)
    if (gone.aborted) break
  }
  response.end()
}

async function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const over = (): void => resolve()
  response.once('drain', over)
  gone.addEventListener('abort', over)
  await promise
  response.off('drain', over)
  gone.removeEventListener('abort', over)
}
