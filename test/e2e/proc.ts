// What an outside observer sees of processes: /proc, read when asked.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Whether a process with this pid is there and no zombie. */
export function isAlive(pid: number): boolean {
  const stat = statOf(pid)
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X'
}

export interface Stat {
  readonly comm: string
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
  readonly nice: number
}

/** The fields of /proc/PID/stat that tests look at; null when there is no such process. */
export function statOf(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === null) return null
  const comm = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (n: number): number => Number(rest[n - 3])
  return { comm, state: rest[0] ?? '', parent: field(4), group: field(5), session: field(6), nice: field(19) }
}

/** The value of a line of /proc/PID/status, such as `Umask` or `Groups`. */
export function statusOf(pid: number, key: string): string | null {
  const line = new RegExp(`^${key}:\\s*(.*?)\\s*$`, 'm').exec(read(`/proc/${pid}/status`) ?? '')
  return line?.[1] ?? null
}

/** Soft and hard value of a resource limit, by the name that /proc/PID/limits gives it (`Max open files`). */
export function limitOf(pid: number, name: string): readonly [string, string] | null {
  const line = (read(`/proc/${pid}/limits`) ?? '').split('\n').find((text) => text.startsWith(name))
  const [soft = '', hard = ''] = (line ?? '').slice(name.length).trim().split(/\s+/)
  return line === undefined ? null : [soft, hard]
}

/** What the kernel was given for it: `NAME=value` entries. */
export function environOf(pid: number): string[] {
  return (read(`/proc/${pid}/environ`) ?? '').split('\0').filter((entry) => entry !== '')
}

/** Its open descriptors and what they lead to. */
export function descriptorsOf(pid: number): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (const name of list(`/proc/${pid}/fd`)) {
    try {
      found.set(Number(name), readlinkSync(`/proc/${pid}/fd/${name}`))
    } catch (error) {
      ignoreVanished(error)
    }
  }
  return found
}

export function workingDirectoryOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/cwd`)
}

export function childrenOf(pid: number): number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`) ?? ''
  return text.split(' ').filter(Boolean).map(Number)
}

/** The children of this process, and theirs, that have died and that nobody has reaped. */
export function zombiesBelow(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [...(statOf(child)?.state === 'Z' ? [child] : []), ...zombiesBelow(child)])
}

/** Every process whose environment holds this entry (`NAME=value`). Zombies have no environment: they are not found. */
export function livingWith(entry: string): number[] {
  const pids = list('/proc').map(Number).filter(Number.isInteger)
  const wanted = Buffer.from(entry)
  return pids.filter((pid) => holdsEntry(pid, wanted))
}

function holdsEntry(pid: number, wanted: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(wanted)
  } catch (error) {
    return ignoreVanished(error)
  }
}

/** The command line of a process, for a person. */
export function commandOf(pid: number): string {
  return (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim()
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    ignoreVanished(error)
    return null
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    ignoreVanished(error)
    return []
  }
}

/** A process may end while it is looked at (ENOENT, ESRCH), and a stranger's is not ours to read (EACCES, EPERM). */
function ignoreVanished(error: unknown): false {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) throw error
  return false
}
