import type { Socket } from 'node:net'
import type { Caller } from './control.ts'

/** The open connections of a server, and who is at their other ends. */
export interface Connections {
  add(socket: Socket): void
  /** Who connected, as the kernel said it then: [AP15]. */
  callerOf(socket: Socket): Caller | null
  /** Ends every connection: after what was already written, or at once. */
  end(how: 'written' | 'at-once'): void
}

export function createConnections(peerOf: (fd: number) => Caller | null): Connections {
  const callers = new Map<Socket, Caller | null>()
  return {
    add(socket) {
      const fd = descriptorOf(socket)
      callers.set(socket, fd === null ? null : peerOf(fd))
      // A client that goes away in the middle of something is no error of ours; `close` follows.
      socket.on('error', () => socket.destroy())
      socket.on('close', () => callers.delete(socket))
    },
    callerOf: (socket) => callers.get(socket) ?? null,
    end(how) {
      for (const socket of callers.keys()) {
        if (how === 'at-once') socket.destroy()
        else socket.destroySoon()
      }
    },
  }
}

/** The runtime keeps the descriptor in a field that its types do not tell of. */
function descriptorOf(socket: Socket): number | null {
  const fd = (socket as { readonly _handle?: { readonly fd?: unknown } | null })._handle?.fd
  return typeof fd === 'number' && fd >= 0 ? fd : null
}
