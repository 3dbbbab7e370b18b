import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failureOf } from './errors.ts'
import { examine, type Finding } from './examine.ts'
import { load, type Content } from './load.ts'
import { placeIn, statOf } from './place.ts'
import { migrations } from './schema.ts'

/** What lies in a state directory, as somebody sees it who only looks. */
export interface Inspection {
  readonly database: Looked
  /** The last good copy. */
  readonly copy: Looked
  /** Damaged databases that were set aside, by their names. */
  readonly damaged: readonly string[]
  /** What it holds; null where that cannot be read, or is of another version. */
  readonly content: Content | null
  /** The version of the tables that this coppice knows. */
  readonly version: number
}

/** A database that was looked at. `size` and `changed` (milliseconds since 1970) are null where it is missing. */
export interface Looked {
  readonly path: string
  readonly finding: Finding | { readonly tag: 'unreadable'; readonly why: string }
  readonly size: number | null
  readonly changed: number | null
}

/** Looks at the database of a state directory, while a daemon works with it or not, and changes nothing. [DB17] */
export function inspect(directory: string): Inspection {
  const { file, copy } = placeIn(directory, 0o600)
  const database = look(file)
  const isOurs = database.finding.tag === 'sound' && database.finding.version === migrations.length
  return {
    database,
    copy: look(copy),
    damaged: namesIn(dirname(file)).filter((name) => /^coppice\.db(\.bak)?\.damaged-[^-]*-.*Z(-\d+)?$/.test(name)),
    content: isOurs ? readContent(file) : null,
    version: migrations.length,
  }
}

function look(path: string): Looked {
  try {
    const found = statOf(path)
    return { path, finding: examine(path), size: found?.size ?? null, changed: found?.changed ?? null }
  } catch (error) {
    const { message } = failureOf(error, { code: 'store-unreadable', doing: `read ${path}` })
    return { path, finding: { tag: 'unreadable', why: message }, size: null, changed: null }
  }
}

/** A daemon may be just replacing it: then there is nothing to see for the moment. */
function readContent(file: string): Content | null {
  try {
    using database = new DatabaseSync(file, { readOnly: true })
    return load(database)
  } catch (error) {
    failureOf(error, { code: 'store-unreadable', doing: `read ${file}` })
    return null
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    failureOf(error, { code: 'store-unreadable', doing: `read ${directory}` })
    return []
  }
}
