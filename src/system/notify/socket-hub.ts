import { chmodSync, closeSync, rmSync } from 'node:fs'
import { errnoName } from '../errno.ts'
import { openDatagramSocket, readableAmong, receiveDatagram, signalWhenReadable, type Datagram } from '../libc.ts'

/** All datagram sockets of this program, and the one signal that tells of news on any of them. */
export interface SocketHub extends Disposable {
  /** Binds a socket that everybody may write to, or goes on with one that was `left` to us there. Returns how to close it, or the errno's name. */
  open(path: string, onDatagram: (datagram: Datagram) => void, left?: number | null): Disposable | string
  /** Delivers what has come in. */
  drain(): void
}

/** One socket may not keep the others waiting. */
const atOnce = 64
/** SIGIO is lost where a descriptor cannot have it; nothing may hang on it. */
const pollPeriod = 250

/** Open sockets by their paths, for the next image of this program; and those that the one before has left to us. */
const open = new Map<string, number>()
let inherited: (path: string) => number | null = () => null

export function notifySockets(): ReadonlyMap<string, number> {
  return open
}

/** @param take gives the socket of a path, to whoever asks first; what came into it meanwhile is still in it */
export function inheritNotifySockets(take: (path: string) => number | null): void {
  inherited = take
}

/** The socket at this path that was left to us; null: there is none. Whoever asks has to open or to close it. */
export function inheritedSocket(path: string): number | null {
  return inherited(path)
}

/** Never taken away again: SIGIO without a handler kills, and one may still be on its way. */
const hubs = new Set<() => void>()
let isHearing = false

/** A hub without sockets; it costs nothing until one is opened. */
export function createSocketHub(): SocketHub {
  const sockets = new Map<number, (datagram: Datagram) => void>()
  let poll: ReturnType<typeof setInterval> | undefined

  function drain(): void {
    for (const descriptor of readableAmong([...sockets.keys()])) {
      for (let count = 1; sockets.has(descriptor); count++) {
        const datagram = receiveDatagram(descriptor)
        if (typeof datagram === 'number') break
        sockets.get(descriptor)?.(datagram)
        if (count === atOnce) {
          setImmediate(drain)
          break
        }
      }
    }
  }

  return {
    open(path, onDatagram, left = null) {
      const descriptor = left ?? openDatagramSocket(path)
      if (descriptor < 0) return errnoName(descriptor)
      open.set(path, descriptor)
      if (left !== null) setImmediate(drain)
      // Whoever the process runs as must reach it; who may be heard is decided by the sender's credentials.
      chmodSync(path, 0o666)
      if (!isHearing) process.on('SIGIO', () => hubs.forEach((hear) => hear()))
      isHearing = true
      hubs.add(drain)
      sockets.set(descriptor, onDatagram)
      signalWhenReadable(descriptor)
      poll ??= setInterval(drain, pollPeriod).unref()
      return {
        [Symbol.dispose]() {
          if (!sockets.delete(descriptor)) return
          closeSync(descriptor)
          open.delete(path)
          rmSync(path, { force: true })
          if (sockets.size > 0) return
          clearInterval(poll)
          poll = undefined
        },
      }
    },
    drain,
    [Symbol.dispose]() {
      hubs.delete(drain)
      clearInterval(poll)
      for (const descriptor of sockets.keys()) closeSync(descriptor)
      for (const [path, descriptor] of open) if (sockets.has(descriptor)) open.delete(path)
      sockets.clear()
    },
  }
}
