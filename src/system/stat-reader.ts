import { closeSync, openSync, readSync } from 'node:fs'
import type { Millis } from '../lib/time.ts'
import { errnoOf } from './errno.ts'
import { everyPid, readFileLimits } from './procfs.ts'

/** Of one process, as /proc/PID/stat counts it. */
export interface Figures {
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Clock ticks, of itself and of the children that it has waited for. */
  readonly ticks: number
  /** Clock ticks since boot. */
  readonly startTime: number
  /** Resident. */
  readonly pages: number
}

export interface StatReader extends Disposable {
  /** Everybody's, by pid: some 4 ms for a thousand. */
  read(): ReadonlyMap<number, Figures>
}

/**
 * Descriptors are kept open for so many processes, and never for so many that none are left to start programs with;
 * those of others are opened each time.
 */
function mostKept(): number {
  return Math.min(8192, Math.floor((readFileLimits(process.pid)?.soft ?? 1024) / 4))
}
/** When nobody has asked for so long, they are all closed. */
const keptFor: Millis = 5000

/**
 * Reads /proc/PID/stat of every process. To keep them open costs a third of opening them anew, and one that is kept can
 * never turn into that of another process with the same pid.
 */
export function createStatReader(): StatReader {
  const kept = new Map<number, number>()
  const keptAtMost = mostKept()
  let timer: ReturnType<typeof setTimeout> | undefined

  function readOne(pid: number): Figures | null {
    const known = kept.get(pid)
    const figures = known === undefined ? null : parse(known)
    if (figures !== null) return figures
    drop(pid) // what was kept was of one that is gone
    const descriptor = open(pid)
    if (descriptor === null) return null
    const fresh = parse(descriptor)
    if (fresh !== null && kept.size < keptAtMost) kept.set(pid, descriptor)
    else closeSync(descriptor)
    return fresh
  }

  function drop(pid: number): void {
    const descriptor = kept.get(pid)
    if (descriptor === undefined) return
    kept.delete(pid)
    closeSync(descriptor)
  }

  function dropAll(): void {
    for (const pid of kept.keys()) drop(pid)
  }

  return {
    read() {
      const all = new Map<number, Figures>()
      for (const pid of everyPid()) {
        const figures = readOne(pid)
        if (figures !== null) all.set(pid, figures)
      }
      for (const pid of kept.keys()) if (!all.has(pid)) drop(pid)
      clearTimeout(timer)
      timer = setTimeout(dropAll, keptFor).unref()
      return all
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      dropAll()
    },
  }
}

function open(pid: number): number | null {
  try {
    return openSync(`/proc/${pid}/stat`, 'r')
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null // it is gone
  }
}

const bytes = Buffer.alloc(1024)
const [blank, bracket, zero, nine, lastField] = [32, 41, 48, 57, 24]
const fields = new Float64Array(lastField + 1)

/** Read as bytes: no string is made of them. */
function parse(descriptor: number): Figures | null {
  const length = readOrNothing(descriptor)
  // A program may call itself anything: what follows the last bracket is the kernel's own.
  let at = bytes.lastIndexOf(bracket, length - 1)
  if (length === 0 || at === -1) return null
  at += 2
  for (let field = 3; field <= lastField; field++) {
    let value = 0
    for (; at < length && bytes[at] !== blank; at++) {
      const digit = bytes[at] ?? blank
      if (digit >= zero && digit <= nine) value = value * 10 + digit - zero
    }
    at++
    fields[field] = value
  }
  return {
    parent: fieldAt(4),
    group: fieldAt(5),
    session: fieldAt(6),
    ticks: fieldAt(14) + fieldAt(15) + fieldAt(16) + fieldAt(17),
    startTime: fieldAt(22),
    pages: fieldAt(24),
  }
}

function fieldAt(field: number): number {
  return fields[field] ?? 0
}

function readOrNothing(descriptor: number): number {
  try {
    return readSync(descriptor, bytes, 0, bytes.length, 0)
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return 0 // ESRCH: its process is gone
  }
}
