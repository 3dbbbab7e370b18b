import { userName } from '../../system/identity.ts'
import type { Finding } from '../../wire/doctor.ts'
import type { AccessFact, DiskFact, Snapshot } from './snapshot.ts'
import type { Looked } from '../../store/sqlite/inspect.ts'
import { ok, problem, warning } from './verdicts.ts'

type Snap<K extends keyof Snapshot> = Pick<Snapshot, K>

export function ofConfiguration({ configuration }: Snap<'configuration'>): readonly Finding[] {
  const { file, processFile, problem: wrong, processProblem, warnings } = configuration
  if (wrong !== null) return [problem('config', wrong, 'The daemon does not start with it: mend it.')]
  const told = `${file === null ? 'no file of settings: all have their defaults' : `${file} is in order`}`
  const ofProcesses =
    processProblem !== null
      ? [problem('process file', processProblem, 'The daemon goes on without it: mend it, then `coppice reload`.')]
      : processFile === null
        ? []
        : [ok('process file', `${processFile} is in order`)]
  return [ok('config', told), ...ofProcesses, ...warnings.map((one) => warning('config', one))]
}

/** [DB6] [DB9] [DB11] [DB14] */
export function ofDatabase({ store, wall, locks }: Snap<'store' | 'wall' | 'locks'>): readonly Finding[] {
  const { database, copy, damaged, content, version } = store
  const isRunning = locks.some(({ state }) => state.tag === 'held')
  const aside = damaged.map((name) =>
    warning('database', `a damaged one was set aside: ${name}`, 'Look at what it holds, then remove it.'),
  )
  const unreadable = (content?.unreadable ?? []).map(({ name, problem: why }) =>
    problem('database', `what is stored of "${name}" cannot be read: ${why}`, 'Declare it again.'),
  )
  return [ofFile(database, { version, isRunning }), ofCopy(copy, wall), ...unreadable, ...aside].flat()
}

function ofFile(
  { path, finding, size }: Looked,
  { version, isRunning }: { readonly version: number; readonly isRunning: boolean },
): Finding {
  switch (finding.tag) {
    case 'missing':
      if (!isRunning) return ok('database', `${path} is not there yet`)
      return problem('database', `${path} is gone, and a daemon runs`, 'End the daemon as it should be (SIGTERM).')
    case 'unreadable':
      return warning('database', finding.why, 'Ask as the user of the daemon, or as root.')
    case 'damaged':
      return problem(
        'database',
        `${path} is damaged: ${finding.how}`,
        'At its next start the daemon sets it aside and takes the last good copy.',
      )
    case 'sound': {
      const told = `${path} is sound, version ${finding.version}, ${sizeText(size ?? 0)}`
      if (finding.version > version) {
        return problem('database', `${told}: a newer coppice has written it`, 'Install that coppice again.')
      }
      if (finding.version === version) return ok('database', told)
      return ok('database', `${told}: the next daemon makes a copy and brings it to version ${version}`)
    }
  }
}

/** Two days: it is made once a day. */
const oldCopy = 2 * 24 * 3_600_000

function ofCopy({ path, finding, changed }: Looked, wall: number): Finding {
  switch (finding.tag) {
    case 'missing':
      return ok('copy', `there is no good copy yet: it is made an hour after the first start, and at every end`)
    case 'unreadable':
      return warning('copy', finding.why)
    case 'damaged':
      return problem('copy', `the good copy ${path} is damaged: ${finding.how}`, 'Remove it: another is made.')
    case 'sound': {
      const told = `the last good copy ${path} is of ${new Date(changed ?? 0).toISOString()}`
      return wall - (changed ?? 0) > oldCopy ? warning('copy', `${told}: it should be of yesterday`) : ok('copy', told)
    }
  }
}

const scarce = 100 * 1024 ** 2
const exhausted = 4 * 1024 ** 2

export function ofDisks({ disks }: Snap<'disks'>): readonly Finding[] {
  return disks.map(ofDisk)
}

function ofDisk({ what, path, free, isReadOnly, hasFreeFiles }: DiskFact): Finding {
  const subject = `${path} (${what})`
  if (isReadOnly) return problem('disk', `${subject} is on a read-only file system`, 'Mount it for writing.')
  if (!hasFreeFiles) return problem('disk', `the file system of ${subject} can hold no more files`, 'Remove some.')
  if (free === null) return ok('disk', `${subject} can be written`)
  const told = `${subject} has ${sizeText(free)} left`
  if (free < exhausted) return problem('disk', told, 'Free some space: what is done cannot be recorded.')
  return free < scarce ? warning('disk', told, 'Free some space.') : ok('disk', told)
}

/** Who may use the daemon's files is as its settings say. Its first start sees to that. */
export function ofAccess({ access, uid, locks }: Snap<'access' | 'uid' | 'locks'>): readonly Finding[] {
  if (locks.every(({ state }) => state.tag === 'missing')) return []
  const wrong = access.flatMap((fact) => ofAccessOf(fact, uid))
  return wrong.length > 0 ? wrong : [ok('access', 'directories and files have their modes and owners')]
}

function ofAccessOf({ path, mode, uid, gid, wanted }: AccessFact, asker: number): readonly Finding[] {
  const isOwner = (wanted.uid ?? uid) === uid && (wanted.gid ?? gid) === gid
  if (mode === wanted.mode && isOwner) return []
  const is = `${octal(mode)}, ${userName(uid)}:${gid}`
  const should = `${octal(wanted.mode)}, ${userName(wanted.uid ?? uid)}:${wanted.gid ?? gid}`
  const fix = { tag: 'set-access', path, mode: wanted.mode, uid: wanted.uid, gid: wanted.gid } as const
  const mayFix = asker === 0 || (asker === uid && isOwner)
  return [problem('access', `${path} is ${is}, and should be ${should}`, 'Set it.', mayFix ? fix : null)]
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const size = bytes / 1000 ** power
  return `${power === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[power]}`
}
