import { unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { success, type Result } from '../lib/result.ts'
import { claimSocket } from './claim.ts'
import { bindAt, listenAt, listenOn, type Access } from './listen.ts'

/** Listening sockets that outlive this program image; a negated errno where the host refuses. */
export interface Sockets {
  /** Binds one and has it listen, with no rights for anybody else. */
  open(path: string): number
  duplicate(descriptor: number): number
  close(descriptor: number): void
}

export interface Way extends Access {
  readonly path: string
  /** Absent: the runtime makes the socket, which then cannot outlive it. */
  readonly sockets?: Sockets
  /** A socket that listens at `path` already. */
  readonly inherited?: number | null
}

/** Where clients come in. */
export interface Door {
  /** What listens; null: it cannot be handed on. */
  readonly descriptor: number | null
  /** From now on whoever knocks waits in the socket's queue. Nothing can be shut that cannot be handed on. */
  shut(): void
  /** Lets them in again. */
  reopen(): Promise<Result<null>>
  /** For good: the socket is removed. @returns resolves when nobody who came in is left */
  close(): Promise<void>
}

/** Opens a door at a path. @returns what `claimSocket` and `listenAt` return */
export async function openDoor(
  way: Way,
  { enter, onError }: { readonly enter: (socket: Socket) => void; readonly onError: (error: unknown) => void },
): Promise<Result<Door>> {
  const { path, sockets } = way
  const bound = await bind(way)
  if (!bound.ok) return bound
  const descriptor = bound.value
  let listener = createServer(enter)

  async function open(): Promise<Result<null>> {
    listener = createServer(enter)
    const listening =
      descriptor === null || sockets === undefined
        ? await listenAt(listener, path, way)
        : await listenOn(listener, sockets.duplicate(descriptor), path)
    if (listening.ok) listener.on('error', onError)
    return listening
  }

  const opened = await open()
  if (!opened.ok) return opened
  return success({
    descriptor,
    shut: () => void (descriptor !== null && listener.close()),
    reopen: open,
    close() {
      const closed = closing(listener)
      if (descriptor !== null) {
        remove(path)
        sockets?.close(descriptor)
      }
      return closed
    },
  })
}

async function bind(way: Way): Promise<Result<number | null>> {
  const { path, sockets, inherited = null } = way
  if (inherited !== null) return success(inherited)
  const claimed = await claimSocket(path)
  if (!claimed.ok) return claimed
  return sockets === undefined ? success(null) : bindAt(path, way, (at) => sockets.open(at))
}

function closing(listener: Server): Promise<void> {
  return new Promise((resolve) => listener.close(() => resolve()))
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
