/** How much of the past the journal keeps. */
export interface JournalBounds {
  /** Milliseconds. */
  readonly age: number
  readonly count: number
}

export const journalBounds: JournalBounds = { age: 30 * 24 * 3_600_000, count: 100_000 }

/** How many entries may come before the oldest are looked at again: pruning at every commit would cost more than it. */
export function pruningStep({ count }: JournalBounds): number {
  return Math.max(1, Math.floor(count / 100))
}
