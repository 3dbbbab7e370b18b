import { never, type Instant, type Millis } from '../../lib/time.ts'
import type { Clock } from '../../system/ports.ts'

interface Planned {
  readonly at: Instant
  /** null: it was called off. */
  happen: (() => void) | null
}

/** A clock that moves only when it is told to, with all that will happen in a simulated world. */
export interface Agenda extends Clock {
  /** Has something happen after `delay`, behind what was planned earlier for that instant. @returns how to call it off */
  after(delay: Millis, happen: () => void): () => void
  /** When the next thing is due, or `never`. */
  next(): Instant
  /** Moves on to the next thing, and has it happen. */
  turn(): void
  /** Lets time pass in which nothing is due. */
  skipTo(at: Instant): void
}

/** @param wall what the clock on the wall says at instant 0, in milliseconds since 1970 */
export function createAgenda(wall: number): Agenda {
  const planned: Planned[] = []
  let time: Instant = 0
  let alarm: Planned | null = null

  function plan(at: Instant, happen: () => void): Planned {
    const one: Planned = { at, happen }
    planned.splice(placeFor(planned, at), 0, one)
    return one
  }

  function dropCalledOff(): void {
    while (planned[0]?.happen === null) planned.shift()
  }

  return {
    now: () => time,
    wall: () => wall + time,
    alarm(at, ring) {
      if (alarm !== null) alarm.happen = null
      alarm = at === never ? null : plan(Math.max(at, time), ring)
    },
    after(delay, happen) {
      const one = plan(time + delay, happen)
      return () => void (one.happen = null)
    },
    next() {
      dropCalledOff()
      return planned[0]?.at ?? never
    },
    turn() {
      dropCalledOff()
      const one = planned.shift()
      if (one === undefined) return
      time = Math.max(time, one.at)
      one.happen?.()
    },
    skipTo(at) {
      time = Math.max(time, at)
    },
  }
}

/** Behind all that is planned for that instant. */
function placeFor(planned: readonly Planned[], at: Instant): number {
  let [low, high] = [0, planned.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((planned[middle]?.at ?? never) <= at) low = middle + 1
    else high = middle
  }
  return low
}
