import type { Batch, JournalEntry } from './store.ts'

/** What is to be written with the next commit: one batch, or several of which nothing was written. */
export interface Pending extends Omit<Batch, 'journal'> {
  readonly journal: readonly JournalEntry[]
}

/** While nothing can be written for days, so many of the last entries of the journal are kept in mind. */
const journalLimit = 10_000

/** The later batch on top of the earlier: of each process and group the last value. What is removed is removed first. */
export function merge(earlier: Pending | null, later: Pending): Pending {
  if (earlier === null) return later
  return {
    at: later.at,
    wall: later.wall,
    processes: lastOf(earlier.processes, later, ({ process }) => process.id),
    removed: [...new Set([...earlier.removed, ...later.removed])],
    groups: lastOf(earlier.groups, { processes: later.groups, removed: later.removedGroups }, ({ id }) => id),
    removedGroups: [...new Set([...earlier.removedGroups, ...later.removedGroups])],
    journal: [...earlier.journal, ...later.journal].slice(-journalLimit),
  }
}

/** Whether there is nothing to write. */
export function isEmpty({ processes, removed, groups, removedGroups, journal }: Batch): boolean {
  return [processes, removed, groups, removedGroups, journal].every(({ length }) => length === 0)
}

/** Whether so much waits that trying with every step would take longer than the step. */
export function isMuch({ processes, journal }: Pending): boolean {
  return processes.length + journal.length > 100
}

function lastOf<T>(
  earlier: readonly T[],
  later: { readonly processes: readonly T[]; readonly removed: readonly number[] },
  idOf: (item: T) => number,
): T[] {
  const last = new Map(earlier.map((item) => [idOf(item), item]))
  for (const id of later.removed) last.delete(id)
  for (const item of later.processes) last.set(idOf(item), item)
  return [...last.values()]
}
