import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { errnoOf, isErrno } from '../errno.ts'

/** A directory for files and sockets whose names are known only to those they are for. */
export interface PrivateDirectory extends Disposable {
  /** Makes it when it is first asked for; throws the host's error where that is impossible. */
  path(): string
  /** Makes sure that one of an earlier daemon is there, which its runs know by name; false if it cannot be one. */
  revive(path: string): boolean
}

/** The longest path of a unix socket; the kernel keeps it in 108 bytes, the last of them zero. */
const longestSocketPath = 107
const longestName = 40

/**
 * @param base where to make it; it must exist or be makeable, and be passable for all users that processes run as
 */
export function createPrivateDirectory(base?: string): PrivateDirectory {
  let made: string | null = null
  const revived = new Set<string>()
  const bases = base === undefined ? usualBases() : [base, tmpdir()]
  return {
    path() {
      made ??= make(bases)
      return made
    },
    revive(path) {
      if (!bases.includes(dirname(path)) || !/^notify-\w{6}$/.test(basename(path)) || !isOurs(path)) return false
      revived.add(path)
      return true
    },
    [Symbol.dispose]() {
      for (const path of [...revived, ...(made === null ? [] : [made])]) rmSync(path, { recursive: true, force: true })
      made = null
    },
  }
}

/** A process says of itself in its environment where it speaks to: nothing that others may write to is taken from there. */
function isOurs(path: string): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & 0o022) === 0
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) return false
  }
  try {
    mkdirSync(path)
    chmodSync(path, 0o711)
    return true
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return false
  }
}

/** Root's XDG_RUNTIME_DIR is closed to the users that root may run processes as. */
function usualBases(): readonly string[] {
  const own = process.getuid?.() === 0 ? '/run' : process.env['XDG_RUNTIME_DIR']
  return own === undefined ? [tmpdir()] : [own, tmpdir()]
}

function make(bases: readonly string[]): string {
  const short = bases.filter(
    (base) => Buffer.byteLength(base) + '/notify-XXXXXX/'.length + longestName <= longestSocketPath,
  )
  const [base = '/tmp', ...others] = short
  try {
    mkdirSync(base, { recursive: true })
    const path = mkdtempSync(join(base, 'notify-'))
    // Passable for whoever knows a name in it, but not to be listed.
    chmodSync(path, 0o711)
    return path
  } catch (error) {
    if (others.length === 0 || errnoOf(error) === null) throw error
    return make(others)
  }
}
