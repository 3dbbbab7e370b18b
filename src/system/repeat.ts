import type { Millis } from '../lib/time.ts'

/** Calls `act` every `period` until it is disposed. It keeps nobody alive: a program with nothing else to do ends. */
export function repeat(period: Millis, act: () => void): Disposable {
  const timer = setInterval(act, period)
  timer.unref()
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
    },
  }
}
