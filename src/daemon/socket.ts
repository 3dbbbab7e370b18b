import { mkdir, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Control } from '../api/control.ts'
import { serveControl, type ControlServer } from '../api/server.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { listeningSockets } from '../system/listening.ts'
import { peerOf } from '../system/peer.ts'
import type { DaemonSettings } from '../config/daemon-settings.ts'
import { ownerOf } from './directories.ts'
import type { Log } from './log.ts'

/** The control socket of an `up`, in a directory that is ours alone and goes with it. Fails as `serveControl` does. */
export async function openSocket(
  control: Control,
  at: { readonly path: string; readonly inherited: number | null; readonly log: Log },
): Promise<Result<ControlServer>> {
  const directory = await makeDirectory(dirname(at.path))
  if (!directory.ok) return directory
  const served = await serveSocket(control, { ...at, access: { user: null, group: null, fileMode: 0o660 } })
  if (!served.ok) {
    await directory.value[Symbol.asyncDispose]()
    return served
  }
  const server = served.value
  return success({
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await directory.value[Symbol.asyncDispose]()
    },
  })
}

/**
 * Serves this control at a path whose directory exists. Fails as `serveControl` does.
 * @param at `inherited`: a socket that listens there already
 */
export function serveSocket(
  control: Control,
  at: {
    readonly path: string
    readonly inherited: number | null
    readonly access: DaemonSettings['socket']
    readonly log: Log
  },
): Promise<Result<ControlServer>> {
  const { gid } = ownerOf(at.access)
  return serveControl({
    control,
    socketPath: at.path,
    inherited: at.inherited,
    ...(listeningSockets === null ? {} : { sockets: listeningSockets }),
    mode: at.access.fileMode,
    ...(gid === null ? {} : { gid }),
    peerOf,
    onError: (error) => at.log.write({ level: 'error', process: null, message: `control socket: ${describe(error)}` }),
  })
}

/** Makes the directory; one that was made is removed at the end, if nobody else put anything there. */
async function makeDirectory(path: string): Promise<Result<AsyncDisposable>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    const isNew = (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined
    return success({ [Symbol.asyncDispose]: () => (isNew ? removeEmpty(path) : Promise.resolve()) })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const hint = 'Set COPPICE_HOME to a directory of your own, or give --socket PATH.'
    return failure('no-runtime-directory', `cannot make the directory of the control socket: ${error.message}`, hint)
  }
}

async function removeEmpty(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    const isKept = error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'ENOENT')
    if (!isKept) throw error
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
