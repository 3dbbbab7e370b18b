import { closeSync, openSync, readSync } from 'node:fs'
import { errnoOf } from './errno.ts'
import { procUnits } from './libc.ts'
import type { Sampler, Usage } from './ports.ts'

interface Watched {
  readonly descriptor: number
  ticks: number
  at: number
}

/**
 * Reads what processes use. Each keeps its /proc/PID/stat open from one sample to the next: that costs a third of
 * opening it anew, and it can never turn into the figures of another process with the same pid.
 */
export function createSampler(): Sampler {
  const watched = new Map<number, Watched>()
  const units = procUnits()

  function sampleOne(pid: number): Usage | null {
    const known = watched.get(pid) ?? open(pid)
    const figures = known === null ? null : read(known.descriptor)
    if (known === null) return null
    if (figures === null) {
      close(pid, known)
      return null
    }
    const at = performance.now()
    const spent = ((figures.ticks - known.ticks) / units.ticks) * 1000
    const cpu = watched.has(pid) && at > known.at ? (100 * spent) / (at - known.at) : 0
    watched.set(pid, Object.assign(known, { ticks: figures.ticks, at }))
    return { cpu, memory: figures.pages * units.page }
  }

  function close(pid: number, { descriptor }: Watched): void {
    watched.delete(pid)
    closeSync(descriptor)
  }

  return {
    sample(pids) {
      const wanted = new Set(pids)
      const usages = new Map<number, Usage>()
      for (const pid of wanted) {
        const usage = sampleOne(pid)
        if (usage !== null) usages.set(pid, usage)
      }
      for (const [pid, known] of watched) if (!usages.has(pid)) close(pid, known)
      return usages
    },
  }
}

function open(pid: number): Watched | null {
  try {
    return { descriptor: openSync(`/proc/${pid}/stat`, 'r'), ticks: 0, at: 0 }
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null // it is gone, or there is no /proc
  }
}

const bytes = Buffer.alloc(1024)
const [blank, bracket] = [32, 41]

/** Fields 14 and 15 (user and system time) and 24 (resident pages), read as bytes: no string is made of them. */
function read(descriptor: number): { readonly ticks: number; readonly pages: number } | null {
  const length = readOrNothing(descriptor)
  // A program may call itself anything: what follows the last bracket is the kernel's own.
  let at = bytes.lastIndexOf(bracket, length - 1)
  if (length === 0 || at === -1) return null
  let [ticks, pages] = [0, 0]
  for (let field = 2; field <= 24; field++) {
    const next = bytes.indexOf(blank, at) + 1
    if (field === 13 || field === 14) ticks += numberAt(next)
    if (field === 23) pages = numberAt(next)
    at = next
  }
  return { ticks, pages }
}

function readOrNothing(descriptor: number): number {
  try {
    return readSync(descriptor, bytes, 0, bytes.length, 0)
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return 0 // ESRCH: its process is gone
  }
}

function numberAt(start: number): number {
  let value = 0
  for (let at = start; ; at++) {
    const digit = (bytes[at] ?? blank) - 48
    if (digit < 0 || digit > 9) return value
    value = value * 10 + digit
  }
}
