import type { Request } from './http-exchange.ts'
import type { Head } from './http-head.ts'

/** The request that a redirect asks for; null when the response is none. */
export function redirection(request: Request, { status, headers }: Head): Request | null {
  const location = headers.get('location')
  if (!redirects.has(status) || location === undefined) return null
  const url = URL.parse(location, request.url.href)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  const secrets = url.host === request.url.host ? [] : ['authorization', 'cookie']
  return {
    url,
    method: keepsMethod.has(status) || request.method === 'HEAD' ? request.method : 'GET',
    headers: new Map([...request.headers].filter(([name]) => !secrets.includes(name.toLowerCase()))),
  }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const keepsMethod: ReadonlySet<number> = new Set([307, 308])
