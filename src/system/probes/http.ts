import type { Verdict } from '../../core/check.ts'
import { formatDuration, type Millis } from '../../lib/time.ts'
import { failed, passed, type Asking, type ProbeOf } from './asking.ts'
import { exchange, type Response } from './http-exchange.ts'
import { redirection } from './http-redirect.ts'

type HttpProbe = ProbeOf<'http'>

/** Passes when the URL answers with a status, headers and a body as expected. Redirects are followed. [PB10]–[PB15] */
export async function askHttp(probe: HttpProbe, asking: Asking): Promise<Verdict> {
  const { method, headers } = probe
  for (const [name, value] of headers)
    if (/[\r\n]/.test(name + value)) return failed(`the header ${name} has a line break`)
  let request = { url: new URL(probe.url), method, headers }
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await exchange(request, asking.signal)
    if (!answer.ok) return answer.failure
    const next = accepts(probe, answer.value.status) ? null : redirection(request, answer.value)
    if (next === null) return judgeResponse(probe, answer.value, asking)
    answer.value.close()
    request = next
  }
  return failed(`more than ${mostRedirects} redirects, the last one to ${request.url.host}`)
}

// As many as Go's client follows, which procmon uses.
const mostRedirects = 10

async function judgeResponse(probe: HttpProbe, response: Response, asking: Asking): Promise<Verdict> {
  const verdict = judgeHead(probe, response)
  if (verdict.ok && probe.expectBody !== null) return judgeBody(probe, response, asking)
  asking.onTimeout(verdict)
  await Promise.race([response.body, after(politeness, asking.signal)])
  return verdict
}

// To hang up in the midst of a body would fill the server's log with errors; but some bodies never end.
const politeness: Millis = 100

function judgeHead({ status, expectHeaders }: HttpProbe, response: Response): Verdict {
  const told = `HTTP ${response.status}`
  if (!accepts({ status }, response.status)) return failed(told)
  for (const [name, pattern] of expectHeaders) {
    const value = response.headers.get(name.toLowerCase())
    if (value === undefined) return failed(`${told}, but without the header ${name}`)
    if (!new RegExp(pattern).test(value)) return failed(`${told}, but ${name}: ${value} does not match /${pattern}/`)
  }
  return passed(told)
}

async function judgeBody({ expectBody, timeout }: HttpProbe, response: Response, asking: Asking): Promise<Verdict> {
  const told = `HTTP ${response.status}`
  asking.onTimeout(failed(`${told}, but its body did not end within ${formatDuration(timeout)}`))
  const body = await response.body
  if (body === null) return failed(`${told}, but the connection closed in the midst of its body`)
  return new RegExp(expectBody ?? '').test(body)
    ? passed(told)
    : failed(`${told}, but its body does not match /${expectBody}/`)
}

function accepts({ status }: Pick<HttpProbe, 'status'>, answered: number): boolean {
  return status.some(({ from, to }) => from <= answered && answered <= to)
}

function after(delay: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delay)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
}
