import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import type { DefaultLogs } from '../config/context.ts'
import type { DaemonSettings, Directory } from '../config/daemon-settings.ts'
import { failure, success, type Result } from '../lib/result.ts'
import type { Places } from '../wire/places.ts'
import { groupId, userId } from '../system/identity.ts'

/** Makes a directory and everything above it; the directory itself gets this mode and this owner. [DM3] */
export function keepDirectory(
  path: string,
  { user, group, directoryMode }: Pick<Directory, 'user' | 'group' | 'directoryMode'>,
): Result<null> {
  try {
    mkdirSync(path, { recursive: true, mode: directoryMode })
    const found = statSync(path)
    if ((found.mode & 0o7777) !== directoryMode) chmodSync(path, directoryMode)
    const { uid, gid } = ownerOf({ user, group })
    if ((uid ?? found.uid) !== found.uid || (gid ?? found.gid) !== found.gid)
      chownSync(path, uid ?? found.uid, gid ?? found.gid)
    return success(null)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const hint = 'Give it another place in config.yml, or set COPPICE_HOME to a directory of your own.'
    return failure('no-directory', `cannot make the directory ${path}: ${error.message}`, hint)
  }
}

/** Runtime files are passable for all where the socket is for a group; what is a user's own is that user's alone. */
export function runtimeMode({ home }: Pick<Places, 'home'>): number {
  return home === null && (process.getuid?.() ?? 0) === 0 ? 0o755 : 0o700
}

/** Where default logs go; their access is given only where it is said, else it is that of the process's user. */
export function logsOf({ logs }: DaemonSettings): DefaultLogs {
  const { uid, gid } = ownerOf(logs)
  return { directory: logs.directory, access: { fileMode: logs.fileMode, directoryMode: logs.directoryMode, uid, gid } }
}

/** Ids of an owner; null where it is not said, or where nobody has that name. */
export function ownerOf({ user, group }: Pick<Directory, 'user' | 'group'>): {
  uid: number | null
  gid: number | null
} {
  return { uid: user === null ? null : userId(user), gid: group === null ? null : groupId(group) }
}
