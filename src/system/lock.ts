import { closeSync, ftruncateSync, openSync, readSync, writeSync, constants } from 'node:fs'
import { failure, success, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { errnoName, errnoOf } from './errno.ts'
import { say } from './explain.ts'
import { lockFile } from './libc.ts'
import { isLive, readStat } from './procfs.ts'

/** A lock that is held until it is disposed of, or this process ends, however it ends. */
export interface Lock extends Disposable {
  /** What holds it: whoever inherits it over an `execve` goes on holding it. */
  readonly descriptor: number
}

/**
 * Takes the lock that a file stands for, without waiting for whoever lives. The file is made where it is missing, and stays: a file that
 * were removed could be locked by one while another makes it anew. It holds our pid, which is for messages only.
 * @param inherited of an earlier image of this program, which goes on holding it
 * @returns `locked` when another process has it, with its pid; else the errno's name of what stands in the way
 */
export function takeLock(path: string, inherited: number | null = null): Result<Lock> {
  const opened = inherited === null ? open(path) : success(inherited)
  if (!opened.ok) return opened
  const descriptor = opened.value
  const result = lockSoon(descriptor)
  if (result < 0) {
    const holder = holderOf(descriptor)
    closeSync(descriptor)
    const code = errnoName(result)
    if (code !== 'EAGAIN') return { ok: false, failure: say(code, `${path} (the lock)`) }
    return failure('locked', `${path} is locked by ${holder === null ? 'another process' : `process ${holder}`}`)
  }
  sign(descriptor)
  let isHeld = true
  return success({
    descriptor,
    [Symbol.dispose]() {
      if (isHeld) closeSync(descriptor)
      isHeld = false
    },
  })
}

/** Over what stands there, since a full disk has no room for anything new. */
function sign(descriptor: number): void {
  try {
    ftruncateSync(descriptor, writeSync(descriptor, `${process.pid}\n`, 0))
  } catch (error) {
    if (errnoOf(error) === null) throw error // The lock is held all the same.
  }
}

/** For how long a lock outlives the one who took it: until the kernel has cleared it away, on a busy host. */
const afterlife: Millis = 1000

/** A child that is between its fork and its `execve` holds it too, and so does one who is dying and no more than that. */
function lockSoon(descriptor: number): number {
  const deadline = performance.now() + afterlife
  for (;;) {
    const result = lockFile(descriptor)
    if (result >= 0 || errnoName(result) !== 'EAGAIN' || performance.now() > deadline) return result
    const holder = holderOf(descriptor)
    if (holder !== null && isLive(readStat(holder))) return result
    Bun.sleepSync(2)
  }
}

/** The runtime opens everything close-on-exec, so no child holds it for longer than its `execve` takes. */
function open(path: string): Result<number> {
  try {
    return success(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644))
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return { ok: false, failure: say(code, `${path} (the lock)`) }
  }
}

function holderOf(descriptor: number): number | null {
  const bytes = Buffer.alloc(32)
  const text = bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, bytes.length, 0))
  return /^\d+\n/.test(text) ? Number.parseInt(text, 10) : null
}
