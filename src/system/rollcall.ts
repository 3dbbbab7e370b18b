import { markerVariable } from './marker.ts'
import { everyPid, isLive, readStat, readVariable, type ProcessStat } from './procfs.ts'

export interface Present extends ProcessStat {
  /** Its marker; null: it has none, or does not show it. */
  readonly marker: string | null
}

/** Every live process of this host but ourselves, as of one moment. */
export interface Roll {
  readonly byPid: ReadonlyMap<number, Present>
  readonly byMarker: ReadonlyMap<string, readonly Present[]>
  /** By process group and by session: whoever is in either. */
  readonly byGroup: ReadonlyMap<number, readonly Present[]>
}

/** Looks at everybody: some 15 µs for each process when it is first met, some 8 µs when it is met again. */
export interface Rollcall {
  call(): Roll
  /** The last one of this turn of the loop, where there was one: who has forked or ended since is not in it. */
  recent(): Roll
}

/** How often the list is read anew for those who were forked meanwhile. */
const passes = 5

export function createRollcall(): Rollcall {
  let last: Roll | null = null
  /** Markers do not change but by an `execve` with another environment: who had ours stays ours. */
  let known: ReadonlyMap<number, Present> = new Map()

  function call(): Roll {
    const present = new Map<number, Present>()
    const mute = new Set<ProcessStat>()
    const met = new Set([process.pid])
    for (let pass = 0; pass < passes; pass++) {
      const unmet = everyPid().filter((pid) => !met.has(pid))
      if (unmet.length === 0) break
      for (const pid of unmet) {
        met.add(pid)
        const stat = readStat(pid)
        if (isLive(stat)) present.set(pid, { ...stat, marker: markerOf(stat, mute) })
      }
    }
    // One that shows nothing may be in the middle of its `execve`: that takes well under a millisecond.
    if (mute.size > 0) Bun.sleepSync(1)
    for (const stat of mute) present.set(stat.pid, { ...stat, marker: readVariable(stat.pid, markerVariable) ?? null })
    known = present
    last ??= forgetSoon()
    last = rollOf(present)
    return last
  }

  function markerOf(stat: ProcessStat, mute: Set<ProcessStat>): string | null {
    const before = known.get(stat.pid)
    if (before?.startTime === stat.startTime) return before.marker
    const isKernels = stat.group === 0
    const marker = isKernels ? null : readVariable(stat.pid, markerVariable)
    if (marker === undefined) mute.add(stat)
    return marker ?? null
  }

  function forgetSoon(): null {
    setImmediate(() => (last = null))
    return null
  }

  return { call, recent: () => last ?? call() }
}

function rollOf(byPid: ReadonlyMap<number, Present>): Roll {
  const byMarker = new Map<string, Present[]>()
  const byGroup = new Map<number, Present[]>()
  for (const one of byPid.values()) {
    if (one.marker !== null) append(byMarker, one.marker, one)
    append(byGroup, one.group, one)
    if (one.session !== one.group) append(byGroup, one.session, one)
  }
  return { byPid, byMarker, byGroup }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
