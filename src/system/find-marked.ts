import { parseMarker } from './marker.ts'
import type { RunRef } from './ports.ts'
import { createRollcall, type Present, type Roll } from './rollcall.ts'

/** A run that is known by its marker alone. */
export interface MarkedRun {
  readonly ref: RunRef
  /** Of its main process, as far as can be told. */
  readonly pid: number
  /** 0: the main process is gone, and others of the run are left. */
  readonly startTime: number
  readonly marker: string
}

/**
 * Every run that a supervisor of this name has started and that lives in anyone, also one that was never recorded: [TB6].
 * Looks at every process of the host once. `adopt` takes what this finds.
 */
export function findMarked(ownId: string): readonly MarkedRun[] {
  const roll = createRollcall().call()
  return [...roll.byMarker].flatMap(([marker, members]) => {
    const named = parseMarker(marker)
    return named?.owner === ownId ? [{ ref: named.ref, marker, ...mainOf(members, roll) }] : []
  })
}

/** The main process leads the session of whoever is the oldest: nobody of a run is older than it. */
function mainOf(members: readonly Present[], { byPid }: Roll): Pick<MarkedRun, 'pid' | 'startTime'> {
  const [oldest] = members.toSorted((a, b) => a.startTime - b.startTime || a.pid - b.pid)
  const pid = oldest?.session ?? 0
  return { pid, startTime: byPid.get(pid)?.startTime ?? 0 }
}
