// What the bench sees of processes from outside, and how it waits.
import { readFileSync, readdirSync } from 'node:fs'

/** Asks until it gets an answer. @throws after `within` milliseconds */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { within = 60_000, every = 2 }: { within?: number; every?: number } = {},
): Promise<Exclude<T, null | undefined | false>> {
  const start = performance.now()
  for (;;) {
    const answer = await ask()
    if (isAnswer(answer)) return answer
    if (performance.now() - start > within) throw new Error(`after ${within} ms it is still not so that ${what}`)
    await Bun.sleep(every)
  }
}

function isAnswer<T>(answer: T): answer is Exclude<T, null | undefined | false> {
  return answer !== null && answer !== undefined && answer !== false
}

/** Whether a process with this pid is there and no zombie. */
export function isAlive(pid: number): boolean {
  const state = stateOf(pid)
  return state !== null && state !== 'Z' && state !== 'X'
}

/** The letter of its state in /proc/PID/stat; null when there is no such process. */
export function stateOf(pid: number): string | null {
  return statOf(pid)?.[0] ?? null
}

/** The session it is in, which is the pid of its first process; null when there is no such process. */
export function sessionOf(pid: number): number | null {
  const session = statOf(pid)?.[3]
  return session === undefined ? null : Number(session)
}

/** Bytes: `resident` in all; `own`, those of them that are not pages of a file and could not be dropped. */
export function memoryOf(pid: number): { readonly resident: number; readonly own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
  return { resident: bytes('VmRSS'), own: bytes('RssAnon') }
}

/** Milliseconds that it has run on a processor, in steps of 10; threads that have ended count too. */
export function cpuTimeOf(pid: number): number {
  const [user, system] = statOf(pid)?.slice(11, 13).map(Number) ?? []
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * tick
}

/** What the kernel counts in: USER_HZ, which is 100 on every machine of ours. */
const tick = 10

export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** The children of a process, zombies too. */
export function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`)
  const lists = threads.map((thread) => readIfThere(`/proc/${pid}/task/${thread}/children`) ?? '')
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

/** The pids of all processes whose environment has this entry. */
export function livingWith(entry: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids
    .map(Number)
    .filter((pid) => readIfThere(`/proc/${pid}/environ`)?.split('\0').includes(entry) === true && isAlive(pid))
}

/** Sends a signal; says whether there was someone to get it. */
export function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

const unreadable = new Set<unknown>(['ENOENT', 'ESRCH', 'EACCES'])

/** The fields after the name: state, parent, … */
function statOf(pid: number): string[] | null {
  const text = readIfThere(`/proc/${pid}/stat`)
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** A process may vanish between two looks, and so may the file that told of it; those of others are not for us to read. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && unreadable.has(error.code)) return null
    throw error
  }
}
