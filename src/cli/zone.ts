import { readlinkSync } from 'node:fs'

/**
 * Whether the clocks here show UTC, as in most containers. Worth asking: the first local time that the runtime computes
 * loads its tables of time zones, which takes a quarter of all the time of `coppice ls`.
 */
export function isUtc(env: Readonly<Record<string, string | undefined>>, link = '/etc/localtime'): boolean {
  const zone = env['TZ'] ?? zoneOfHost(link)
  return /^(?:.*\/)?(?:UTC|UCT|Zulu)$/.test(zone)
}

/** Where the host's time zone is read from; `UTC` where it has none, and nothing where that cannot be seen. */
function zoneOfHost(link: string): string {
  try {
    return readlinkSync(link)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'UTC' : ''
  }
}
