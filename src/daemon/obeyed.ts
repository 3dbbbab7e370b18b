import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import type { Instant } from '../lib/time.ts'
import { errnoOf } from '../system/errno.ts'

/**
 * Up to when the signals that were recorded have been sent. A signal is recorded before it is sent; a daemon that dies
 * in between must send it after all, and one that dies later must not send it twice: a second one can mean "at once".
 */
export interface Obeyed extends Disposable {
  /** What the daemon before has noted; 0 where there was none. */
  readonly found: Instant
  note(now: Instant): void
}

/** Eight bytes in a file: what was written outlives us, and costs a commit's tenth. */
export function openObeyed(path: string): Obeyed {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const bytes = new Float64Array(1)
  const isNew = readSync(descriptor, bytes, 0, 8, 0) < 8
  const [found = 0] = bytes

  /** On a disk that fails, the signals of a daemon that dies later are sent once more: better than to send none. */
  function write(): void {
    try {
      writeSync(descriptor, bytes, 0, 8, 0)
    } catch (error) {
      if (errnoOf(error) === null) throw error
    }
  }

  if (isNew) write() // so that there is room for it, should the disk be full later
  return {
    found,
    note(now) {
      bytes[0] = now
      write()
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
