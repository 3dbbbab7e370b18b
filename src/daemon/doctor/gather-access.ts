import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DaemonSettings, Directory } from '../../config/daemon-settings.ts'
import { isErrno } from '../../system/errno.ts'
import type { Places } from '../../wire/places.ts'
import { ownerOf, runtimeMode } from '../directories.ts'
import type { AccessFact } from './snapshot.ts'

interface Wanted {
  readonly path: string
  readonly wanted: AccessFact['wanted']
}

/** Those of the daemon's files and directories that are there, and who should have access to them. [DM3] */
export function accessFacts({
  home,
  settings,
}: {
  readonly home: Places
  readonly settings: DaemonSettings | null
}): readonly AccessFact[] {
  if (settings === null) return []
  const { data, logs, socket } = settings
  const owner = ownerOf(data)
  const files = ['coppice.db', 'coppice.db-wal', 'coppice.db-shm', 'coppice.db.bak'].map((name) =>
    wanted(join(data.directory, name), data.fileMode),
  )
  return [
    wanted(home.runtime, runtimeMode(home)),
    { path: data.directory, wanted: { mode: data.directoryMode, ...owner } },
    { path: logs.directory, wanted: directoryAccess(logs) },
    ...files,
    wanted(join(data.directory, 'id'), 0o600),
    { path: home.socket, wanted: { mode: socket.fileMode, ...ownerOf(socket) } },
  ].flatMap(factOf)
}

function wanted(path: string, mode: number): Wanted {
  return { path, wanted: { mode, uid: null, gid: null } }
}

function directoryAccess(directory: Directory): AccessFact['wanted'] {
  return { mode: directory.directoryMode, ...ownerOf(directory) }
}

function factOf({ path, wanted }: Wanted): readonly AccessFact[] {
  try {
    const { mode, uid, gid } = statSync(path)
    return [{ path, mode: mode & 0o7777, uid, gid, wanted }]
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error
    return []
  }
}
