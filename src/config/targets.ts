import { parsePort } from './values.ts'

/** Where a server listens; a null host is this one. */
export interface HostPort {
  readonly host: string | null
  readonly port: number
}

/** `host:port`, `[::1]:port`, `:port` or a bare port; without a port the default, if there is one. Null: something else. */
export function parseHostPort(text: string, defaultPort: number | null = null): HostPort | null {
  const trimmed = text.trim()
  const bare = parsePort(trimmed)
  if (bare !== null) return { host: null, port: bare }
  const [, bracketed, plain, written] = /^(?:\[([\da-f:.%\w]+)\]|([^:\s/[\]@]*))(?::(\d+))?$/i.exec(trimmed) ?? []
  const host = bracketed ?? plain
  const port = written === undefined ? defaultPort : parsePort(written)
  if (host === undefined || port === null || trimmed === '') return null
  return { host: host === '' ? null : host, port }
}

export interface RedisTarget extends HostPort {
  readonly username: string | null
  readonly password: string | null
}

/** `host`, `host:port` or `redis://user:password@host:port/0`. Null: something else. */
export function parseRedis(text: string): RedisTarget | null {
  const [, login, target] = /^(?:redis:)?\/\/(?:([^@/]*)@)?([^/]*)(?:\/\d*)?$/.exec(text.trim()) ?? [
    null,
    undefined,
    text,
  ]
  const found = target === '' ? { host: null, port: 6379 } : parseHostPort(target ?? '', 6379)
  if (found === null) return null
  if (login === undefined) return { ...found, username: null, password: null }
  const [, username, password] = /^([^:]*)(?::(.*))?$/.exec(login) ?? []
  const [user, secret] = [unescape(username ?? ''), unescape(password ?? '')]
  return user === null || secret === null ? null : { ...found, username: user || null, password: secret || null }
}

function unescape(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

export interface GrpcTarget extends HostPort {
  /** Empty: the server as a whole. */
  readonly service: string
}

/** `port`, `host:port` or `host:port/service`. Null: something else. */
export function parseGrpc(text: string): GrpcTarget | null {
  const [, target, service] = /^([^/]*)(?:\/([\w.]*))?$/.exec(text.trim()) ?? []
  const found = target === undefined ? null : parseHostPort(target)
  return found === null ? null : { ...found, service: service ?? '' }
}
