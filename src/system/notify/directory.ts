import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errnoOf } from '../errno.ts'

/** A directory for files and sockets whose names are known only to those they are for. */
export interface PrivateDirectory extends Disposable {
  /** Makes it when it is first asked for; throws the host's error where that is impossible. */
  path(): string
}

/** The longest path of a unix socket; the kernel keeps it in 108 bytes, the last of them zero. */
const longestSocketPath = 107
const longestName = 40

/**
 * @param base where to make it; it must exist or be makeable, and be passable for all users that processes run as
 */
export function createPrivateDirectory(base?: string): PrivateDirectory {
  let made: string | null = null
  return {
    path() {
      made ??= make(base === undefined ? usualBases() : [base, tmpdir()])
      return made
    },
    [Symbol.dispose]() {
      if (made !== null) rmSync(made, { recursive: true, force: true })
      made = null
    },
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
