import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where `coppice install` and packages put the unit of the system's daemon. */
const systemPlaces = [
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

/** The line that starts the daemon where our unit is installed, for this user or the system; else null: [CL60]. */
export function startLine({
  env,
  uid,
}: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid: number
}): string | null {
  if (systemPlaces.some(hasUnit)) return `${uid === 0 ? '' : 'sudo '}systemctl start coppice`
  const config = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config')
  return uid !== 0 && hasUnit(join(config, 'systemd/user')) ? 'systemctl --user start coppice' : null
}

function hasUnit(directory: string): boolean {
  return existsSync(join(directory, 'coppice.service'))
}
