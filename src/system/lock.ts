import { closeSync, ftruncateSync, openSync, readSync, writeSync, constants } from 'node:fs'
import { failure, success, type Result } from '../lib/result.ts'
import { errnoName, errnoOf } from './errno.ts'
import { say } from './explain.ts'
import { lockFile } from './libc.ts'

/** A lock that is held until it is disposed of, or this process ends, however it ends. */
export interface Lock extends Disposable {
  /** What holds it: whoever inherits it over an `execve` goes on holding it. */
  readonly descriptor: number
}

/**
 * Takes the lock that a file stands for, without waiting. The file is made where it is missing, and stays: a file that
 * were removed could be locked by one while another makes it anew. It holds our pid, which is for messages only.
 * @returns `locked` when another process has it, with its pid; else the errno's name of what stands in the way
 */
export function takeLock(path: string): Result<Lock> {
  const opened = open(path)
  if (!opened.ok) return opened
  const descriptor = opened.value
  const result = lockFile(descriptor)
  if (result < 0) {
    const holder = holderOf(descriptor)
    closeSync(descriptor)
    const code = errnoName(result)
    if (code !== 'EAGAIN') return { ok: false, failure: say(code, `${path} (the lock)`) }
    return failure('locked', `${path} is locked by ${holder === null ? 'another process' : `process ${holder}`}`)
  }
  ftruncateSync(descriptor)
  writeSync(descriptor, `${process.pid}\n`, 0)
  let isHeld = true
  return success({
    descriptor,
    [Symbol.dispose]() {
      if (isHeld) closeSync(descriptor)
      isHeld = false
    },
  })
}

/** The runtime opens everything close-on-exec, so no child ever holds it. */
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
