import { failure, success, type Result } from '../lib/result.ts'
import { decode, encode } from './codec.ts'
import { createMemoryDisk, type MemoryDisk } from './memory.ts'
import { wrongInProcess } from './shape/process.ts'
import type { FoundProcess, JournalEntry, StoredGroup } from './store.ts'

/** What is in a store in memory, as a text: for another program that is to go on with it. */
export function encodeDisk({ processes, groups, journal, lastEntry }: MemoryDisk): string {
  return encode({ processes: [...processes.values()], groups: [...groups.values()], journal, lastEntry })
}

/**
 * Reads what `encodeDisk` wrote, perhaps in an older coppice.
 * @returns `undecodable` where a process in it is none that we know how to go on with
 */
export function decodeDisk(text: string): Result<MemoryDisk> {
  const decoded = decode(text)
  if (!decoded.ok) return decoded
  // The text is ours; only what a process is has changed in the past.
  const { processes, groups, journal, lastEntry } = decoded.value as {
    readonly processes: readonly FoundProcess[]
    readonly groups: readonly StoredGroup[]
    readonly journal: JournalEntry[]
    readonly lastEntry: number
  }
  for (const { process } of processes) {
    const wrong = wrongInProcess(process)
    if (wrong !== null) return failure('undecodable', wrong)
  }
  const disk = createMemoryDisk()
  for (const found of processes) disk.processes.set(found.process.id, found)
  for (const group of groups) disk.groups.set(group.id, group)
  return success({ ...disk, journal, lastEntry, closedCleanly: false })
}
