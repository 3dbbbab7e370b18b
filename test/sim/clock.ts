import { never, type Instant, type Millis } from '../../src/lib/time.ts'
import type { Clock } from '../../src/system/ports.ts'

interface Planned {
  readonly at: Instant
  /** What was planned earlier for the same instant happens earlier. */
  readonly order: number
  happen: (() => void) | null
}

/** A clock that moves only when it is told to, and the agenda of all that will happen in a simulated world. */
export class VirtualClock implements Clock {
  private time: Instant = 0
  private orders = 0
  private jumped: Millis = 0
  private readonly agenda: Planned[] = []
  private alarmed: Planned | null = null

  now(): Instant {
    return this.time
  }

  wall(): number {
    return Date.UTC(2030, 0, 1) + this.time + this.jumped
  }

  /** Somebody sets the clock of the host, so much further, or back. */
  set(jump: Millis): void {
    this.jumped += jump
  }

  alarm(at: Instant, ring: () => void): void {
    if (this.alarmed !== null) this.alarmed.happen = null
    this.alarmed = at === never ? null : this.plan(at, ring)
  }

  /** Has something happen after `delay`. @returns how to call it off */
  after(delay: Millis, happen: () => void): () => void {
    const planned = this.plan(this.time + delay, happen)
    return () => void (planned.happen = null)
  }

  /** When the next thing on the agenda is due, or `never`. */
  next(): Instant {
    this.dropCalledOff()
    return this.agenda[0]?.at ?? never
  }

  /** Moves on to the next thing on the agenda, and has it happen. */
  turn(): void {
    this.dropCalledOff()
    const planned = takeFirst(this.agenda)
    if (planned === undefined) return
    this.time = Math.max(this.time, planned.at)
    planned.happen?.()
  }

  /** Lets time pass in which nothing happens, as for a supervisor that was stopped by SIGSTOP: all that was due is late. */
  skipTo(at: Instant): void {
    this.time = Math.max(this.time, at)
  }

  private plan(at: Instant, happen: () => void): Planned {
    const planned: Planned = { at, order: this.orders++, happen }
    insert(this.agenda, planned)
    return planned
  }

  private dropCalledOff(): void {
    while (this.agenda[0]?.happen === null) takeFirst(this.agenda)
  }
}

/** The agenda is a binary heap: 10,000 programs plan a lot. */
function insert(heap: Planned[], planned: Planned): void {
  let at = heap.push(planned) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if (!isEarlier(planned, heap[above]!)) break
    heap[at] = heap[above]!
    at = above
  }
  heap[at] = planned
}

function takeFirst(heap: Planned[]): Planned | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    if (left >= heap.length) break
    const right = left + 1
    const below = right < heap.length && isEarlier(heap[right]!, heap[left]!) ? right : left
    if (!isEarlier(heap[below]!, last)) break
    heap[at] = heap[below]!
    at = below
  }
  heap[at] = last
  return first
}

function isEarlier(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
