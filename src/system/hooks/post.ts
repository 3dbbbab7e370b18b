import { createHmac } from 'node:crypto'
import { formatDuration } from '../../lib/time.ts'
import type { HookOrder, HookOutcome } from '../hooks.ts'
import { longestTimer } from '../probes/alarm.ts'

/** Whom a POST is for. */
export interface Post {
  readonly url: string
  readonly secret: string | null
}

/** As much of an answer is kept. */
const kept = 512

/** Sends the event as the body of a POST; any answer but 2xx is a failure. What is told of it has no path: that may be secret. [HK7] */
export async function postHook(
  { url, secret }: Post,
  { event, timeout, signal, variables }: HookOrder,
): Promise<HookOutcome> {
  const late = AbortSignal.timeout(Math.min(timeout, longestTimer))
  const where = new URL(url).origin
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: event,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'coppice',
        'X-Coppice-Event': variables['COPPICE_EVENT'] ?? '',
        ...(secret === null ? {} : { 'X-Coppice-Signature': signatureOf(event, secret) }),
      },
      signal: AbortSignal.any([signal, late]),
      redirect: 'manual',
      keepalive: false,
    })
    if (answer.ok) {
      await answer.body?.cancel()
      return { failed: null, output: '' }
    }
    return { failed: `${where} answered ${answer.status}`, output: await beginningOf(answer) }
  } catch (error) {
    if (late.aborted) return { failed: `${where} had not answered after ${formatDuration(timeout)}`, output: '' }
    if (signal.aborted) return { failed: `${where} had not answered when coppice ended`, output: '' }
    if (!(error instanceof Error)) throw error
    return { failed: `${where} could not be reached: ${reasonOf(error)}`, output: '' }
  }
}

/** `sha256=` and the HMAC of the body, in hexadecimal. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return first?.value === undefined ? '' : Buffer.from(first.value.slice(0, kept)).toString('utf8')
}

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return /^(?:ConnectionRefused|ECONNREFUSED)$/.test(code) ? 'connection refused' : code
}
