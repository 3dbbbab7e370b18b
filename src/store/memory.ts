import { success } from '../lib/result.ts'
import { pruningStep, type JournalBounds } from './bounds.ts'
import { isAsked, type Batch, type FoundProcess, type JournalEntry, type Store, type StoredGroup } from './store.ts'

/** What outlives a store in memory: tests open another one over it, as a daemon would after a crash. */
export interface MemoryDisk {
  readonly processes: Map<number, FoundProcess>
  readonly groups: Map<number, StoredGroup>
  journal: JournalEntry[]
  lastEntry: number
  closedCleanly: boolean
}

export function createMemoryDisk(): MemoryDisk {
  return { processes: new Map(), groups: new Map(), journal: [], lastEntry: 0, closedCleanly: true }
}

/** Under `up` a journal that nobody reads must not grow into megabytes. */
const memoryBounds: JournalBounds = { age: Number.POSITIVE_INFINITY, count: 2000 }

/** The store of `up`: nothing of it survives. */
export function createMemoryStore(
  options: { readonly disk?: MemoryDisk; readonly journal?: JournalBounds } = {},
): Store {
  const { disk = createMemoryDisk(), journal: bounds = memoryBounds } = options
  const found = {
    processes: [...disk.processes.values()].toSorted((a, b) => a.process.id - b.process.id),
    groups: [...disk.groups.values()].toSorted((a, b) => a.id - b.id),
    closedCleanly: disk.closedCleanly,
    complete: true,
    alarms: [],
  }
  const step = pruningStep(bounds)
  let pruned = Number.NEGATIVE_INFINITY
  disk.closedCleanly = false

  function append(entries: Batch['journal'], wall: number): void {
    for (const entry of entries) disk.journal.push({ ...entry, id: ++disk.lastEntry })
    if (entries.length === 0 || disk.lastEntry - pruned < step) return
    pruned = disk.lastEntry
    const oldest = disk.journal.findIndex(({ at }) => at >= wall - bounds.age)
    const tooOld = oldest < 0 ? disk.journal.length - 1 : oldest
    disk.journal.splice(0, Math.max(tooOld, disk.journal.length - bounds.count))
  }

  return {
    found,
    commit({ at, wall, processes, removed, groups, removedGroups, journal }) {
      for (const id of removed) disk.processes.delete(id)
      for (const id of removedGroups) disk.groups.delete(id)
      for (const group of groups) disk.groups.set(group.id, group)
      for (const stored of processes) disk.processes.set(stored.process.id, { ...stored, at, wall })
      append(journal, wall)
      return success(null)
    },
    journal: ({ limit, ...asked }) =>
      limit <= 0 ? [] : disk.journal.filter((entry) => isAsked(entry, asked)).slice(-limit),
    get lastEntry() {
      return disk.lastEntry
    },
    close() {
      disk.closedCleanly = true
    },
    [Symbol.dispose]: () => undefined,
  }
}
