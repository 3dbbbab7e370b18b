import { never, type Instant } from '../lib/time.ts'
import { monotonicMicros } from './libc.ts'
import type { Clock } from './ports.ts'

/** The longest wait that a timer of the runtime can hold (24.8 days); it takes more for "at once". */
const longestWait = 2 ** 31 - 1

/** The clock of this host. It never rings early, and an alarm that was missed (SIGSTOP, a suspended host) rings late. */
export function createClock(): Clock {
  let timer: ReturnType<typeof setTimeout> | undefined

  function wait(at: Instant, ring: () => void): void {
    const left = at - now()
    timer = setTimeout(
      () => (now() < at ? wait(at, ring) : ring()),
      Math.min(longestWait, Math.max(0, Math.ceil(left))),
    )
  }

  return {
    now,
    wall: () => Date.now(),
    alarm(at, ring) {
      clearTimeout(timer)
      if (at !== never) wait(at, ring)
    },
  }
}

let start: Instant | undefined

/**
 * Counted from the boot of the host: the runtime counts from its own start, also in `process.hrtime`, and the next
 * daemon must understand the instants of this one.
 */
function now(): Instant {
  start ??= Number(monotonicMicros()) / 1000 - performance.now()
  return start + performance.now()
}
