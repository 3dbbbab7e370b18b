import type { Socket } from 'node:net'
import type { Millis } from '../lib/time.ts'
import type { Caller } from './control.ts'

/** The open connections of a server, and who is at their other ends. */
export interface Connections {
  add(socket: Socket): void
  /** Who connected, as the kernel said it then: [AP15]. */
  callerOf(socket: Socket): Caller | null
  /** By which descriptor the kernel knows it. */
  descriptorOf(socket: Socket): number | null
  /** To be told of each request, and when it is answered. */
  asked(socket: Socket): void
  answered(socket: Socket): void
  /** Ends every connection: after what was already written, or at once. */
  end(how: 'written' | 'at-once'): void
  /** Ends those on which nothing is asked. Who has asked nothing yet has a moment to do so. @returns how many are left */
  endIdle(): number
}

interface Connection {
  readonly caller: Caller | null
  readonly since: number
  /** How many requests there were on it, and how many of them are not answered yet. */
  requests: number
  underWay: number
}

/** How long after it was made the first request of a connection may come. */
const firstWord: Millis = 500

export function createConnections(peerOf: (fd: number) => Caller | null): Connections {
  const connections = new Map<Socket, Connection>()
  const isIdle = ({ since, requests, underWay }: Connection): boolean =>
    underWay === 0 && (requests > 0 || performance.now() - since > firstWord)
  return {
    add(socket) {
      const fd = descriptorOf(socket)
      const caller = fd === null ? null : peerOf(fd)
      connections.set(socket, { caller, since: performance.now(), requests: 0, underWay: 0 })
      // A client that goes away in the middle of something is no error of ours; `close` follows.
      socket.on('error', () => socket.destroy())
      socket.on('close', () => connections.delete(socket))
    },
    callerOf: (socket) => connections.get(socket)?.caller ?? null,
    descriptorOf,
    asked(socket) {
      const connection = connections.get(socket)
      if (connection === undefined) return
      connection.requests++
      connection.underWay++
    },
    answered(socket) {
      const connection = connections.get(socket)
      if (connection !== undefined) connection.underWay--
    },
    end(how) {
      for (const socket of connections.keys()) {
        if (how === 'at-once') socket.destroy()
        else socket.destroySoon()
      }
    },
    endIdle() {
      for (const [socket, connection] of connections) if (isIdle(connection)) socket.destroySoon()
      return connections.size
    },
  }
}

/** The runtime keeps the descriptor in a field that its types do not tell of. */
function descriptorOf(socket: Socket): number | null {
  const fd = (socket as { readonly _handle?: { readonly fd?: unknown } | null })._handle?.fd
  return typeof fd === 'number' && fd >= 0 ? fd : null
}
