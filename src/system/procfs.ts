import { closeSync, existsSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { isErrno } from './errno.ts'

/** What /proc says of one process. A pid and its start time together are one process, for as long as the host is up. */
export interface ProcessStat {
  readonly pid: number
  /** `R`, `S`, `D`, `T`, `Z` … */
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Clock ticks since boot: field 22. */
  readonly startTime: number
}

/** Reads /proc/PID/stat; null when there is no such process. */
export function readStat(pid: number): ProcessStat | null {
  const text = readProc(`/proc/${pid}/stat`)?.toString('latin1')
  if (text === undefined) return null
  // A program may call itself `a) Z 1 (`: what follows the last bracket is the kernel's own.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (field: number): number => Number(fields[field - 3])
  return {
    pid,
    state: fields[0] ?? 'X',
    parent: number(4),
    group: number(5),
    session: number(6),
    startTime: number(22),
  }
}

/**
 * How a process ended, as its zombie tells: the wait status in field 52. Null: nobody can say, since it is no zombie
 * any more, or another user's (the kernel then shows a 0 that says nothing).
 */
export function readZombieStatus(pid: number, startTime: number): number | null {
  const text = readProc(`/proc/${pid}/stat`)?.toString('latin1')
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? []
  if (fields[0] !== 'Z' || Number(fields[22 - 3]) !== startTime) return null
  const status = Number(fields[52 - 3])
  return status !== 0 || mayLookInto(pid) ? status : null
}

/** A zombie has no program any more: who may look is told so, who may not is refused. */
function mayLookInto(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`)
    return true
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) throw error
    return isErrno(error, 'ENOENT')
  }
}

/** Whether it still does something: a zombie only waits to be reaped. */
export function isLive(stat: ProcessStat | null): stat is ProcessStat {
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X'
}

/** The command line for a person: words apart by blanks; `[name]` for a zombie or a kernel thread. */
export function readCommand(pid: number): string {
  const words = readProc(`/proc/${pid}/cmdline`)?.toString().replace(/\0+$/, '').replaceAll('\0', ' ')
  if (words !== undefined && words !== '') return words
  const name = readProc(`/proc/${pid}/comm`)?.toString().trimEnd()
  return `[${name ?? 'gone'}]`
}

/**
 * A variable of the environment that a process was started with.
 * @returns null: it has none of that name; undefined: nobody can say (it is another user's, just starting, or gone)
 */
export function readVariable(pid: number, name: string): string | null | undefined {
  const entries = readEnvironment(pid)
  // In the middle of an `execve` the environment reads as empty: that is no answer.
  if (entries === null || entries.length === 0) return undefined
  const entry = entries.find((line) => line.startsWith(`${name}=`))
  return entry?.slice(name.length + 1) ?? null
}

/**
 * What a process was started with, mostly lines `NAME=value`: a program may have written a title over it, and in the
 * middle of an `execve` it reads as empty. Null: it is not for us to see, or gone.
 */
export function readEnvironment(pid: number): readonly string[] | null {
  const text = readProc(`/proc/${pid}/environ`)?.toString()
  return text === undefined ? null : text.split('\0').filter((entry) => entry !== '')
}

/** Where in our own memory the environment that we were started with is; null where the kernel does not show it. */
export function readEnvironRegion(): { readonly start: number; readonly length: number } | null {
  const fields =
    readProc('/proc/self/stat')
      ?.toString('latin1')
      .replace(/^.*\) /s, '')
      .split(' ') ?? []
  const [start, end] = [Number(fields[50 - 3]), Number(fields[51 - 3])]
  return start > 0 && end > start ? { start, length: end - start } : null
}

/** macOS has no /proc: there nobody is seen, and a run is its process group. */
const hasProc = existsSync('/proc/self/stat')

/** Whether this kernel lists the children of a thread (CONFIG_PROC_CHILDREN; gVisor does not). */
const listsChildren = existsSync(`/proc/${process.pid}/task/${process.pid}/children`)

/** The children of a process, of all its threads. Without the kernel's lists every process is looked at. */
export function childrenOf(pid: number): readonly number[] {
  if (!listsChildren) return everyStat().flatMap((stat) => (stat.parent === pid ? [stat.pid] : []))
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => childrenOfThread(pid, thread))
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ESRCH', 'EACCES')) throw error
    return []
  }
}

/**
 * Our own children: orphans become those of the main thread, and that is the one that spawns. The list of a process
 * that reaps while it is read may have gaps; ours has none, since nobody reaps while we read.
 */
export function ownChildren(): readonly number[] {
  if (!listsChildren) return childrenOf(process.pid)
  // Read at each death: kept open, it costs half.
  ownList ??= openSync(`/proc/${process.pid}/task/${process.pid}/children`, 'r')
  return numbersOf(readAll(ownList))
}

let ownList: number | undefined

function childrenOfThread(pid: number, thread: string): readonly number[] {
  return numbersOf(readProc(`/proc/${pid}/task/${thread}/children`) ?? [])
}

/** With a thousand children these are many: no strings are made of them. */
function numbersOf(bytes: Iterable<number>): readonly number[] {
  const numbers: number[] = []
  let number = 0
  for (const byte of bytes) {
    if (byte !== blank) number = number * 10 + byte - zero
    else if (number > 0) {
      numbers.push(number)
      number = 0
    }
  }
  return numbers
}

const [blank, zero] = [32, 48]

/** Every process there is. It costs some 10 µs for each. */
export function everyStat(): readonly ProcessStat[] {
  return everyPid().flatMap((pid) => readStat(pid) ?? [])
}

/** The pid of every process there is. */
export function everyPid(): readonly number[] {
  if (!hasProc) return []
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/** Soft and hard limit on open files of a process, as /proc/PID/limits shows them; null where it does not say. */
export function readFileLimits(pid: number): { readonly soft: number; readonly hard: number } | null {
  const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readProc(`/proc/${pid}/limits`)?.toString('latin1') ?? '')
  if (line === null) return null
  const [soft = 0, hard = 0] = line.slice(1).map((word) => (word === 'unlimited' ? Infinity : Number(word)))
  return { soft, hard }
}

let room = Buffer.allocUnsafe(65536)

/** The bytes of a file of /proc, good until the next call; null when the process is gone, or is not for us to see. */
function readProc(path: string): Buffer | null {
  try {
    const descriptor = openSync(path, 'r')
    try {
      return readAll(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) throw error
    return null
  }
}

/** Some of these files come a page at a time, however much is asked for; less than that is all there is. */
function readAll(descriptor: number): Buffer {
  const leastPage = 3072
  let [length, got] = [0, leastPage]
  while (got >= leastPage) {
    got = readSync(descriptor, room, length, room.length - length, length)
    length += got
    if (length === room.length) room = Buffer.concat([room], 2 * room.length)
  }
  return room.subarray(0, length)
}
