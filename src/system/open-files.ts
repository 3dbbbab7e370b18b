import { limit, type ResourceLimit } from './libc.ts'
import { readFileLimits } from './procfs.ts'

const nofile = 7
/** The runtime raises its soft limit to the hard one, but not beyond this. */
const raisedAtMost = 2 ** 20
/** Hard limits that nobody chose: the kernel's, systemd's. Their soft companion is 1024. */
const defaultHard: ReadonlySet<number> = new Set([4096, 524_288])

let known: ResourceLimit | null | undefined

/**
 * The limit on open files that coppice was started with; null where the runtime did not change it.
 *
 * The runtime raises the soft limit before our first line runs, and the kernel keeps no record. But whoever started us
 * has what we had, unless it set another for us, and then mostly the hard limit differs too: an equal hard limit makes
 * the parent a witness. Without one: whoever chooses a limit by hand (`LimitNOFILE=`, `--ulimit nofile=`) sets soft and
 * hard to the same; where the hard one is a default, so was the soft one.
 */
export function openFilesAtStart(): ResourceLimit | null {
  if (known === undefined) known = guess()
  return known
}

/** What an earlier image of this program knew: after it, the parent may be another. */
export function assumeOpenFiles(limit: ResourceLimit | null): void {
  known = limit
}

function guess(): ResourceLimit | null {
  const now = limit(0, nofile)
  if (typeof now === 'number' || now.soft !== Math.min(now.hard, raisedAtMost)) return null
  const parent = readFileLimits(process.ppid)
  if (parent !== null && parent.hard === now.hard) return { soft: parent.soft, hard: now.hard }
  return defaultHard.has(now.hard) ? { soft: 1024, hard: now.hard } : null
}
