import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isErrno } from '../../system/errno.ts'
import { readCommand, readStat, readVariable } from '../../system/procfs.ts'
import type { Places } from '../../wire/places.ts'
import { guardName } from '../guard.ts'
import type { DiskFact, LockFact, ServiceFact } from './snapshot.ts'

/** Where units lie that a host has for its own, and those that packages bring. */
const systemPlaces = [
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

/** Who starts the daemon again. */
export function serviceFact(of: {
  readonly home: Places
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid: number
  readonly locks: readonly LockFact[]
}): ServiceFact {
  const { home, env, uid, locks } = of
  const user = join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config'), 'systemd/user')
  const candidates = uid === 0 ? systemPlaces : [user]
  const unit = candidates.map((place) => join(place, 'coppice.service')).find((path) => existsSync(path)) ?? null
  const wants = uid === 0 ? '/etc/systemd/system/multi-user.target.wants' : join(user, 'default.target.wants')
  const daemon = locks.flatMap(({ state }) => (state.tag === 'held' && state.pid !== null ? [state.pid] : [])).at(0)
  return {
    isOwnHome: home.home !== null,
    hasSystemd: existsSync('/run/systemd/system'),
    unit,
    isEnabled: existsSync(join(wants, 'coppice.service')),
    keeper: daemon === undefined ? null : keeperOf(daemon),
  }
}

/** Its parent; INVOCATION_ID is what systemd tells whom it starts. */
function keeperOf(daemon: number): ServiceFact['keeper'] {
  const parent = readStat(daemon)?.parent
  const invocation = readVariable(daemon, 'INVOCATION_ID')
  if (parent === undefined || invocation === undefined) return null
  if (readCommand(parent).includes(` ${guardName} `)) return { tag: 'guard', pid: parent }
  return { tag: invocation !== null && isServiceManager(parent) ? 'systemd' : 'nobody' }
}

function isServiceManager(pid: number): boolean {
  return /^\S*(systemd|init)\b/.test(readCommand(pid))
}

/** The room where the daemon writes. */
export function diskFacts({ state, logs }: { readonly state: string; readonly logs: string }): readonly DiskFact[] {
  return [diskFact('state', state), diskFact('logs', logs)]
}

function diskFact(what: DiskFact['what'], directory: string): DiskFact {
  const path = nearest(directory)
  const { bsize, blocks, bavail, files, ffree } = statfsSync(path)
  return {
    what,
    path,
    free: blocks === 0 ? null : bsize * bavail,
    isReadOnly: isReadOnly(path),
    hasFreeFiles: files === 0 || ffree > 0,
  }
}

/** The directory, or the nearest above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || path === '/' ? path : nearest(dirname(path))
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    if (!isErrno(error, 'EROFS', 'EACCES', 'EPERM')) throw error
    return isErrno(error, 'EROFS')
  }
}
