import type { Event } from '../core/events.ts'
import type { Process } from '../core/process.ts'
import type { Transition } from '../core/transitions.ts'
import type { World } from '../core/world.ts'
import type { Instant } from '../lib/time.ts'

/** One input of the core, as it was given to `step`. A recording played back through `step` is a bug report. */
export interface Recording {
  readonly at: Instant
  readonly dice: number
  readonly event: Event
}

/** Where what the core was told, and what became of it, is kept. */
export interface Recorder {
  /** Takes a step in; it is kept at the latest when `flush` returns. */
  record(recording: Recording, change: Change): void
  flush(): void
  /** A run of this process is about to be spawned: from now on it must not be forgotten that it was. */
  beforeSpawn(process: Process): void
  /** Told when the signals of what was recorded so far have been sent. */
  obeyed?(): void
}

/** One step of the world. */
export interface Change {
  readonly before: World
  readonly after: World
  readonly transitions: readonly Transition[]
}

/** Keeps the last `limit` inputs in memory. */
export function createMemoryRecorder(limit: number): Recorder & { recent(): readonly Recording[] } {
  const ring: Recording[] = []
  let next = 0
  return {
    record(recording) {
      ring[next] = recording
      next = (next + 1) % limit
    },
    flush: () => undefined,
    beforeSpawn: () => undefined,
    recent: () => [...ring.slice(next), ...ring.slice(0, next)],
  }
}
