import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import type { Verdict } from '../../core/check.ts'
import type { Result } from '../../lib/result.ts'
import { failed } from './asking.ts'
import { createLookup } from './resolve.ts'

// Not fetch: it makes at most 256 requests at a time, so that 256 processes that hang would stop the monitors of all
// others, and it obeys HTTP_PROXY. Not Bun.connect: it cannot be given up while it connects. Not node:http: it needs a
// third more CPU than what stands in the http-*.ts beside this.

export interface Target {
  /** A name or an address, without brackets. `localhost` is 127.0.0.1 and ::1, whatever /etc/hosts says. */
  readonly host: string
  readonly port: number
  /** Speak TLS. Certificates are verified except on this machine, where nobody can come between. */
  readonly tls?: boolean
}

/**
 * Opens a connection that ends with the signal.
 * @returns the socket, connected (and through the TLS handshake), or a failing verdict that names the target
 */
export function dial(target: Target, signal: AbortSignal): Promise<Result<Socket, Verdict>> {
  return new Promise((resolve) => {
    const socket = open(target)
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    // Stays for the life of the socket: an error that nobody listens for would end the supervisor.
    socket.on('error', (error) => resolve({ ok: false, failure: failed(describeError(error, target)) }))
    socket.on('close', () => resolve({ ok: false, failure: failed(`connection closed: ${nameOf(target)}`) }))
    socket.on(target.tls === true ? 'secureConnect' : 'connect', () => resolve({ ok: true, value: socket }))
  })
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function nameOf({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const lookup = createLookup()

function open({ host, port, tls }: Target): Socket {
  const address = { host, port, lookup, autoSelectFamily: true }
  if (tls !== true) return connect(address)
  return connectTls({ ...address, servername: isAddress(host) ? '' : host, rejectUnauthorized: !isLoopback(host) })
}

function describeError(error: Error, target: Target): string {
  const what = explanations.get('code' in error ? String(error.code) : '') ?? error.message
  return `${what}: ${nameOf(target)}`
}

const explanations: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['ENOTFOUND', 'unknown host'],
  ['EAI_AGAIN', 'no name server answers'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS spoken here'],
])

function isLoopback(host: string): boolean {
  return isLocalhost(host) || host === '::1' || (isAddress(host) && host.startsWith('127.'))
}

function isLocalhost(host: string): boolean {
  return host.toLowerCase() === 'localhost'
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host)
}
