import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import type { Pmon3Process } from '../store/pmon3.ts'
import { errnoOf } from '../system/errno.ts'

/** pmon3's numbers for a process that it watches over, whatever it is at: all but stopped. */
const stopped = 3

/** pmond's end marks those that ran one after the other, none much later than the one before. In milliseconds. */
const sameEnd = 900

/**
 * The names of those that ran last. A pmond that ends as it should marks all of them as stopped, as if somebody had
 * wanted that: where none is left running, what was stopped last, and all together, was stopped by that. [DM19]
 */
export function ranLast(processes: readonly Pmon3Process[]): ReadonlySet<string> {
  const running = processes.filter(({ status }) => status !== stopped)
  const isEnded = !processes.some(({ status }) => watched.has(status))
  return new Set([...running, ...(isEnded ? stoppedTogether(processes) : [])].map(({ name }) => name))
}

/** queued, init, running, restarting: not for long without a pmond. */
const watched: ReadonlySet<number> = new Set([0, 1, 2, 7])

function stoppedTogether(processes: readonly Pmon3Process[]): readonly Pmon3Process[] {
  const byEnd = processes
    .filter(({ status, updatedAt }) => status === stopped && updatedAt !== null)
    .toSorted((a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0))
  const gap = byEnd.findIndex(
    (one, n) => (byEnd[n - 1]?.updatedAt ?? Infinity) - (one.updatedAt ?? 0) > sameEnd && n > 0,
  )
  return gap === -1 ? byEnd : byEnd.slice(0, gap)
}

/** Whether the process that pmon3 knows is there: another one that has its pid by now has another name and program. */
export function stillRuns({ pid, name, processFile }: Pmon3Process): boolean {
  if (pid <= 1) return false
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return (
      words[0] === name || words.includes(processFile) || readlinkSync(`/proc/${pid}/exe`) === realpathSync(processFile)
    )
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return false // There is no such process, or none that we may look at: then it is not pmon3's, which is root's.
  }
}
