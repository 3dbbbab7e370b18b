// Worlds of their own that only root may make: what a test needs of the host without changing the host.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Runs its arguments as PID 1 of a process namespace with a /proc of its own. */
export const asPid1 = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']

/** Why there can be no process namespace here; null when there can. */
export function whyNoPid1(): string | null {
  return whyNot([...asPid1, 'true'])
}

/** Why files cannot be mounted over others here, and nobody be made another user; null when they can. */
export function whyNoUsers(): string | null {
  if (process.getuid?.() !== 0) return 'only root may run processes as other users'
  return whyNot(['unshare', '--mount', 'true'])
}

/**
 * Runs its arguments where the host knows one more user, `fixture` (uid 7001, group `fixtures` 7002, and also in
 * `printers` 7003 and `painters` 7004), and one more group, `guests` (7005).
 */
export function withFixtureUser(dir: string): string[] {
  const add = (name: string, lines: readonly string[]): string => {
    const copy = join(dir, name)
    const known = Bun.spawnSync(['cat', `/etc/${name}`]).stdout.toString()
    writeFileSync(copy, `${known.replace(/\n?$/, '\n')}${lines.join('\n')}\n`)
    return copy
  }
  const passwd = add('passwd', [`fixture:x:7001:7002:Fixture:${dir}:/bin/sh`])
  const group = add('group', [
    'fixtures:x:7002:',
    'printers:x:7003:fixture',
    'painters:x:7004:daemon,fixture',
    'guests:x:7005:',
  ])
  const mount = 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh', passwd, group]
}

function whyNot(command: readonly string[]): string | null {
  try {
    const { exitCode, stderr } = Bun.spawnSync([...command], { stdio: ['ignore', 'ignore', 'pipe'] })
    return exitCode === 0 ? null : `${command.join(' ')}: ${stderr.toString().trim()}`
  } catch (error) {
    return `${command.join(' ')}: ${error instanceof Error ? error.message : String(error)}`
  }
}
