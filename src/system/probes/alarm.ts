import type { Millis } from '../../lib/time.ts'

/**
 * Rings once after so many milliseconds; the function that comes back silences it.
 *
 * Late by far, we were held up ourselves: stopped, suspended with the machine, starved. Then answers may lie unread, and
 * whom we ask may have been held up with us. So it waits once more, lest a supervisor that wakes up kills what is well.
 */
export function ringAfter(delay: Millis, ring: () => void): () => void {
  const wait = Math.min(delay, longestTimer)
  const due = performance.now() + wait
  let timer = setTimeout(() => {
    if (performance.now() - due < heldUp) ring()
    else timer = setTimeout(ring, wait)
  }, wait)
  return () => clearTimeout(timer)
}

const heldUp: Millis = 100

/** A longer timer would fire at once. */
export const longestTimer: Millis = 2 ** 31 - 1
