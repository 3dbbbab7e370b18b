import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { failure, success, type Result } from '../../lib/result.ts'
import type { System } from '../system.ts'
import { systemLocations, userLocations, type InstallFacts, type Locations } from './plan.ts'

/** Where pmon3 has its settings. */
const pmon3Config = '/etc/pmon3/config/config.yml'

/**
 * For whom to install, and whether this user may.
 * @param root another root directory, in which everybody may do what he may
 * @returns `usage`, `not-root`, `no-home`
 */
export function locate(
  { user, root }: { readonly user: boolean; readonly root: string | null },
  { env, uid }: Pick<System, 'env' | 'uid'>,
): Result<Locations> {
  if (!user) {
    if (uid === 0 || root !== null) return success(systemLocations)
    return failure(
      'not-root',
      'Only root can do this for the system.',
      'Put sudo before it, or add --user for a service of your own.',
    )
  }
  if (uid === 0) return failure('usage', "root's daemon is the system's: leave --user out.")
  const home = env['HOME'] ?? ''
  if (home === '') return failure('no-home', 'HOME is not set, so that there is no place for the files of coppice.')
  const xdg = (name: string, usual: string): string => {
    const value = env[name] ?? ''
    return value.startsWith('/') ? value : `${home}/${usual}`
  }
  return success(
    userLocations(home, { config: xdg('XDG_CONFIG_HOME', '.config'), data: xdg('XDG_DATA_HOME', '.local/share') }),
  )
}

/** What depends on this host. Below another root there is no systemd, and no pmon3. */
export function surroundings(
  at: Locations,
  root: string | null,
  exists: (path: string) => boolean = existsSync,
): Pick<InstallFacts, 'init' | 'pmon3'> {
  const isHere = root === null
  return {
    init: !isHere ? 'elsewhere' : exists('/run/systemd/system') ? 'systemd' : 'unknown',
    pmon3: isHere && !at.isUser && !exists(at.config) && exists(pmon3Config) ? pmon3Config : null,
  }
}

/** Run from its sources, the program that runs is the runtime: that must not be installed as coppice. */
export function checkExecutable(path: string): Result<null> {
  if (!/^(bun|node)(\.exe)?$/.test(basename(path))) return success(null)
  return failure(
    'no-binary',
    'This coppice runs from its sources and is no program to install.',
    'Build it with `npm run build`, then run `bin/coppice install`.',
  )
}
