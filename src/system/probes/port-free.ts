import { createServer } from 'node:net'

import type { Verdict } from '../../core/check.ts'
import { errnoOf } from '../errno.ts'
import { failed, passed, type ProbeOf } from './asking.ts'

/**
 * Passes when every port can be bound: on `host`, or, if that is null, on all addresses of this machine. [PB21]
 *
 * The bind is a real one with SO_REUSEADDR, as servers make it: connections that linger in TIME_WAIT do not matter, a
 * listener on any one address does. It lasts for some ten microseconds.
 */
export async function askPortFree({ host, ports }: ProbeOf<'port-free'>): Promise<Verdict> {
  for (const port of ports) {
    const refusal = await refusalOf(port, host ?? '::')
    // Without IPv6 in the kernel there is no `::`; then all addresses are those of IPv4.
    const final = host === null && refusal?.errno === null ? await refusalOf(port, '0.0.0.0') : refusal
    if (final !== null) return failed(describe(final, { port, host }))
  }
  return passed(`free: ${ports.join(', ')}`)
}

interface Refusal {
  readonly errno: string | null
  readonly message: string
}

function refusalOf(port: number, host: string): Promise<Refusal | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    const close = (): void => {
      server.close()
      resolve(null)
    }
    server.on('error', (error) => resolve({ errno: errnoOf(error), message: error.message }))
    server.on('listening', close)
    server.listen({ port, host })
    // An address is bound at once. Closed in the same turn, it lets nobody in and is in nobody's way, us included.
    if (server.listening) close()
  })
}

function describe({ errno, message }: Refusal, { port, host }: { port: number; host: string | null }): string {
  switch (errno) {
    case 'EADDRINUSE':
      return `port ${port} is in use`
    case 'EACCES':
      return `port ${port} may not be bound: permission denied`
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine`
    case null:
    default:
      return `port ${port} cannot be bound: ${message}`
  }
}
