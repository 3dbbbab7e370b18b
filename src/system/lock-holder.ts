import { closeSync, openSync, readFileSync, readlinkSync, readdirSync, statSync } from 'node:fs'
import { errnoName, errnoOf, isErrno } from './errno.ts'
import { lockFile } from './libc.ts'
import { readStat } from './procfs.ts'

/** Who has the lock that a file stands for. */
export type LockState =
  | { readonly tag: 'missing' }
  /** `last`: who had it last, as far as the file tells. */
  | { readonly tag: 'free'; readonly last: number | null }
  /** `pid`: null where the kernel does not tell whose it is. */
  | { readonly tag: 'held'; readonly pid: number | null }
  /** The errno's name. */
  | { readonly tag: 'unreadable'; readonly why: string }

/**
 * Who has a lock. It is taken itself, for an instant, only where nobody is seen to have it: one that starts at this very
 * instant would be turned away.
 */
export function lockState(path: string): LockState {
  try {
    const named = pidIn(path)
    const pid = named !== null && holds(named, path) ? named : holderByInode(path)
    return pid === null ? tried(path, named) : { tag: 'held', pid }
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return code === 'ENOENT' ? { tag: 'missing' } : { tag: 'unreadable', why: code }
  }
}

function tried(path: string, last: number | null): LockState {
  const descriptor = openSync(path, 'r')
  try {
    const result = lockFile(descriptor)
    if (result >= 0) return { tag: 'free', last }
    const code = errnoName(result)
    return code === 'EAGAIN' ? { tag: 'held', pid: null } : { tag: 'unreadable', why: code }
  } finally {
    closeSync(descriptor)
  }
}

function pidIn(path: string): number | null {
  const text = readFileSync(path, 'latin1')
  return /^\d+\n/.test(text) ? Number.parseInt(text, 10) : null
}

/** Whether one of its descriptors is this file, and has a lock on it. */
function holds(pid: number, path: string): boolean {
  if (readStat(pid) === null) return false
  try {
    return readdirSync(`/proc/${pid}/fd`).some(
      (fd) =>
        readlinkSync(`/proc/${pid}/fd/${fd}`) === path &&
        readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1').includes('FLOCK'),
    )
  } catch (error) {
    // It has just ended, has just closed it, or is not for us to look into.
    if (!isErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) throw error
    return false
  }
}

/** By the kernel's list of all locks: `5: FLOCK ADVISORY WRITE 9327 fe:00:10011097 0 EOF`. */
function holderByInode(path: string): number | null {
  const { ino, dev } = statSync(path)
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)]
  const hex = (n: number): string => n.toString(16).padStart(2, '0')
  const file = `${hex(major)}:${hex(minor)}:${ino}`
  for (const line of locksText().split('\n')) {
    const [, kind, , , pid, where] = line.split(/\s+/)
    if (kind === 'FLOCK' && where === file && Number(pid) > 0) return Number(pid)
  }
  return null
}

function locksText(): string {
  try {
    return readFileSync('/proc/locks', 'latin1')
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES')) throw error
    return ''
  }
}
