import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import type { Instant } from '../lib/time.ts'

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
  readSync(descriptor, bytes, 0, 8, 0)
  const [found = 0] = bytes
  return {
    found,
    note(now) {
      bytes[0] = now
      writeSync(descriptor, bytes, 0, 8, 0)
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
