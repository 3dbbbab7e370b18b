import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import type { Process } from '../core/process.ts'
import { errnoOf } from '../system/errno.ts'

/** A run that was about to be spawned, and what the process had counted by then. */
export interface Promised {
  readonly run: number
  readonly restarts: number
  readonly streak: number
  /** Whether it replaces a run that fell: it counts as a restart once it is spawned. */
  readonly revives: boolean
}

/**
 * Which run of each process was spawned last. A replacement is promised here and recorded when it is there: a transaction
 * would be a tenth of the way from a death to its replacement. So no run number is used twice, and no restart is
 * forgotten, if we die in between. [TB27]
 */
export interface Promises extends Disposable {
  /** @returns whether it will be known; else the process must be recorded first */
  promise(process: Process): boolean
  /** What the daemon before has promised of a process that it had recorded. */
  promised(process: Process): Promised | null
}

/** One slot for each id: when the process came to be (an id may be given away again), then what is promised. */
const slotLength = 5

/** @param path the file, which need not be there */
export function openPromises(path: string): Promises {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600)
  const found = slotsIn(path)
  const slot = new Float64Array(slotLength)
  return {
    promise({ id, createdAt, runs, restarts, streak, revives }) {
      slot.set([createdAt, runs, restarts, streak, Number(revives)])
      try {
        return writeSync(descriptor, slot, 0, slot.byteLength, id * slot.byteLength) === slot.byteLength
      } catch (error) {
        if (errnoOf(error) === null) throw error
        return false // the disk is full: the store says so
      }
    },
    promised({ id, createdAt, runs }) {
      const slots = found.subarray(id * slotLength, (id + 1) * slotLength)
      const [since, run = 0, restarts = 0, streak = 0, revives = 0] = slots
      return since === createdAt && run > runs ? { run, restarts, streak, revives: revives === 1 } : null
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}

/** Keeps nothing: for a supervisor whose store is in memory. */
export const noPromises: Promises = { promise: () => false, promised: () => null, [Symbol.dispose]: () => undefined }

function slotsIn(path: string): Float64Array {
  const bytes = readFileSync(path)
  const whole = bytes.length - (bytes.length % Float64Array.BYTES_PER_ELEMENT)
  return new Float64Array(new Uint8Array(bytes.subarray(0, whole)).buffer)
}
