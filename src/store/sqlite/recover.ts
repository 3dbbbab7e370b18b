import { failure, success, type Failure, type Result } from '../../lib/result.ts'
import { takeCopy } from './copy.ts'
import { examine, type Finding } from './examine.ts'
import { create } from './migrate.ts'
import { filesOf, setAside, statOf, type Place } from './place.ts'
import type { Migration } from './schema.ts'

/** How the database came to be in its place. */
export interface Recovery {
  /** `left` by the daemon before; `mended`: another, since that one was damaged or gone. */
  readonly origin: 'left' | 'new' | 'mended'
  readonly alarms: readonly Failure[]
}

/**
 * Sees to it that a sound database lies in its place: the one that is there, else the last good copy, else a new one.
 * What is damaged is renamed, never overwritten; one of a newer version is not touched.
 * @returns `store-newer`
 * @throws errors of SQLite and the file system
 */
export function recover(place: Place, migrations: readonly Migration[], now: number): Result<Recovery> {
  const found = examine(place.file)
  if (found.tag === 'sound') {
    return isNewer(found, migrations) ? newer(place.file, found) : success({ origin: 'left', alarms: [] })
  }
  const copy = examine(place.copy)
  if (copy.tag === 'sound' && isNewer(copy, migrations)) return newer(place.copy, copy)

  const isNew = copy.tag === 'missing' && filesOf(place.file).every((file) => statOf(file) === null)
  if (isNew) {
    create(place, migrations)
    return success({ origin: 'new', alarms: [] })
  }
  const lost = putAway(place, found, now)
  const instead = copy.tag === 'sound' ? restore(place, now) : beginAnew(place, copy, { migrations, now })
  const hint = `${lost.hint} ${instead.hint}`.trim()
  return success({
    origin: 'mended',
    alarms: [failure(lost.code, `${lost.message}; ${instead.message}`, hint).failure],
  })
}

function isNewer({ version }: { readonly version: number }, migrations: readonly Migration[]): boolean {
  return version > migrations.length
}

function newer(path: string, { version }: { readonly version: number }): Result<never> {
  return failure(
    'store-newer',
    `${path} was written by a newer coppice (version ${version} of its tables)`,
    'Install that coppice again, or start with another state directory. The file was not touched.',
  )
}

interface Told {
  readonly message: string
  readonly hint: string
}

type Unsound = Exclude<Finding, { tag: 'sound' }>

function putAway(place: Place, found: Unsound, now: number): Told & { readonly code: string } {
  const hasRemains = filesOf(place.file).some((file) => statOf(file) !== null)
  const aside = hasRemains ? setAside(place.file, now) : null
  if (found.tag === 'missing') return { code: 'store-gone', message: `${place.file} is gone`, hint: '' }
  return {
    code: 'store-damaged',
    message: `${place.file} is damaged: ${found.how}`,
    hint: `It was set aside as ${aside}.`,
  }
}

function restore(place: Place, now: number): Told {
  const made = new Date(statOf(place.copy)?.changed ?? now).toISOString()
  takeCopy(place)
  return {
    message: `the last good copy was taken, ${place.copy} of ${made}`,
    hint: 'What was changed after the copy was made is not in it: look at `coppice ls`.',
  }
}

function beginAnew(
  place: Place,
  copy: Unsound,
  { migrations, now }: { readonly migrations: readonly Migration[]; readonly now: number },
): Told {
  const why =
    copy.tag === 'missing'
      ? `there is no copy at ${place.copy}`
      : `its copy is damaged too and was set aside as ${setAside(place.copy, now)}`
  create(place, migrations)
  return {
    message: `${why}, and a new, empty one was made`,
    hint: 'No process is known any more: declare them again, with `coppice init` or `coppice apply FILE`.',
  }
}
