import type { Millis } from '../lib/time.ts'

/** Something that is asked for often and done seldom. */
export interface Throttle extends Disposable {
  /** Has it done now, or at the end of the period in which it was done last. */
  ask(): void
}

/** Does `act` at most once in `period`, and never forgets the last asking. It keeps nobody alive. */
export function throttle(period: Millis, act: () => void): Throttle {
  let timer: ReturnType<typeof setTimeout> | null = null
  let isAsked = false

  function perform(): void {
    isAsked = false
    timer = setTimeout(end, period)
    timer.unref()
    act()
  }

  function end(): void {
    timer = null
    if (isAsked) perform()
  }

  return {
    ask() {
      if (timer === null) perform()
      else isAsked = true
    },
    [Symbol.dispose]() {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
