import { randomBytes } from 'node:crypto'
import { closeSync, lstatSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readiness } from '../../core/spec.ts'
import { assertNever } from '../../lib/assert.ts'
import { success, type Result } from '../../lib/result.ts'
import { errnoOf, isErrno } from '../errno.ts'
import { say } from '../explain.ts'
import type { Datagram } from '../libc.ts'
import type { Notification, RunRef } from '../ports.ts'
import { createPrivateDirectory } from './directory.ts'
import { formerFile, formerSocket } from './former.ts'
import { parseNotifications } from './message.ts'
import { followReadyFile, makeReadyFile } from './ready-file.ts'
import { createSocketHub, inheritedSocket } from './socket-hub.ts'

/** How one run can speak to us. Disposed of at the end of the run. */
export interface Channel extends Disposable {
  /** What its environment gets. */
  readonly variables: Readonly<Record<string, string>>
  /** What it gets as descriptor 3; null: nothing. Ours of it is closed by `handedOver`. */
  readonly descriptor: number | null
  handedOver(): void
  /** Delivers what was said so far; for the moment before an exit is told. */
  drain(): void
}

export interface ChannelOrder {
  readonly ref: RunRef
  readonly ready: Readiness | null
  /** Whether a sender may speak for the run. */
  readonly mayTell: (datagram: Datagram) => boolean
  /** Whether a pid is of the run. */
  readonly isMember: (pid: number) => boolean
  /** Never called from within `open`. */
  readonly tell: (notification: Notification) => void
}

export interface Notifier extends Disposable {
  /** Makes what the readiness of a spec asks for; it fails with the host's errno and the path. */
  open(order: ChannelOrder): Result<Channel>
  /** Hears a run of an earlier daemon where that one would have heard it, if that is still possible. [TB8] */
  reopen(order: ChannelOrder, pid: number): Channel
}

/** Of a run that says nothing. */
export const silence: Channel = {
  variables: {},
  descriptor: null,
  handedOver: () => undefined,
  drain: () => undefined,
  [Symbol.dispose]: () => undefined,
}

/** @param base where the files and sockets are to be; see `createPrivateDirectory` */
export function createNotifier(base?: string): Notifier {
  const directory = createPrivateDirectory(base)
  const hub = createSocketHub()

  function openFile(order: ChannelOrder, path: string): Channel {
    const file = makeReadyFile(path, () => order.tell({ tag: 'ready' }))
    let forChild: number | null = file.forChild
    const handedOver = (): void => {
      if (forChild !== null) closeSync(forChild)
      forChild = null
    }
    return {
      variables: { NOTIFY_FD: '3' },
      descriptor: file.forChild,
      handedOver,
      drain: () => file.look(),
      [Symbol.dispose]() {
        handedOver()
        file[Symbol.dispose]()
      },
    }
  }

  function openSocket(
    order: ChannelOrder,
    { path, watchdog, left = null }: { path: string; watchdog: number | null; left?: number | null },
  ): Result<Channel> {
    const hear = (datagram: Datagram): void => {
      if (!order.mayTell(datagram)) return
      for (const notification of parseNotifications(datagram.text)) {
        if (notification.tag !== 'main-pid' || order.isMember(notification.pid)) order.tell(notification)
      }
    }
    const socket = hub.open(path, hear, left)
    if (typeof socket === 'string') return { ok: false, failure: say(socket, path) }
    return success({
      ...silence,
      // No WATCHDOG_PID: it is for the pid of the child, which nobody knows before the spawn. Without it everyone who
      // inherits WATCHDOG_USEC may ask for the watchdog, and `mayTell` sees to the rest.
      variables: {
        NOTIFY_SOCKET: path,
        ...(watchdog === null ? {} : { WATCHDOG_USEC: String(Math.round(watchdog * 1000)) }),
      },
      drain: () => hub.drain(),
      [Symbol.dispose]: () => socket[Symbol.dispose](),
    })
  }

  function reopenFile(order: ChannelOrder, pid: number): Channel {
    const former = formerFile(pid, order.ref)
    if (former === null) return silence
    directory.revive(dirname(former.path)) // to be cleaned up with ours
    const file = followReadyFile({ ...former, onReady: () => order.tell({ tag: 'ready' }) })
    return { ...silence, drain: () => file.look(), [Symbol.dispose]: () => file[Symbol.dispose]() }
  }

  function reopenSocket(order: ChannelOrder, pid: number): Channel {
    const path = formerSocket(pid, order.ref)
    if (path === null || !directory.revive(dirname(path))) return silence
    const left = inheritedSocket(path)
    if (left === null && !removeSocket(path)) return silence
    const opened = openSocket(order, { path, watchdog: null, left })
    return opened.ok ? opened.value : silence
  }

  return {
    reopen(order, pid) {
      if (order.ready?.tag !== 'notify') return silence
      return order.ready.via === 'fd' ? reopenFile(order, pid) : reopenSocket(order, pid)
    },
    open(order) {
      const { ref, ready } = order
      if (ready?.tag !== 'notify') return success(silence)
      const name = `${ref.process}.${ref.run}-${randomBytes(6).toString('base64url')}`
      try {
        const path = join(directory.path(), name)
        switch (ready.via) {
          case 'fd':
            return success(openFile(order, path))
          case 'socket':
            return openSocket(order, { path, watchdog: ready.watchdog })
          default:
            return assertNever(ready.via)
        }
      } catch (error) {
        const code = errnoOf(error)
        if (code === null) throw error
        return { ok: false, failure: say(code, `${name} (for notifications)`) }
      }
    },
    [Symbol.dispose]() {
      hub[Symbol.dispose]()
      directory[Symbol.dispose]()
    },
  }
}

/** The socket of who is gone refuses everything, and keeps its name from being used. */
function removeSocket(path: string): boolean {
  try {
    if (!lstatSync(path).isSocket()) return false
    rmSync(path)
    return true
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    return true
  }
}
