import type { DatabaseSync } from 'node:sqlite'
import type { Failure } from '../../lib/result.ts'
import { copyTo } from './copy.ts'
import { failureOf } from './errors.ts'
import { statOf, type Place } from './place.ts'

const hour = 3_600_000
const day = 24 * hour

/** The good copy of a database in use. */
export interface Copies {
  /** Makes one if the last is a day old. @returns why it could not be made; it is tried again after an hour */
  keep(wall: number): Failure | null
  /** Makes one now. @returns why it could not be made */
  make(wall: number): Failure | null
}

export function keepCopies(database: DatabaseSync, { copy, mode }: Place, now: number): Copies {
  // The first is made soon, but not of a database with nothing in it yet.
  let due = (statOf(copy)?.changed ?? now - day + hour) + day

  function make(wall: number): Failure | null {
    try {
      copyTo(database, copy, mode)
      due = wall + day
      return null
    } catch (error) {
      due = wall + hour
      return failureOf(error, { code: 'store-copy-failed', doing: `make the good copy ${copy}` })
    }
  }

  return {
    keep(wall) {
      // The clock was set back: the copy is due a day from now at the latest.
      due = Math.min(due, wall + day)
      return wall < due ? null : make(wall)
    },
    make,
  }
}
