import { isLaunched } from './launch.ts'
import { markerVariable } from './marker.ts'
import { childrenOf, isLive, ownChildren, readStat, readVariable, type ProcessStat } from './procfs.ts'

/** By what the members of a run are known. */
export interface Tribe {
  /** The pid of its main process, which is also its session and process group. */
  readonly pid: number
  readonly marker: string
}

/**
 * Knows which processes belong to which run.
 *
 * A member is whoever is in the session or group of the run, or carries its marker, or descends from one who is,
 * unless it carries another marker: then it is of another run, or of another coppice. Since orphans come to us, every
 * member hangs below the main process or below one of our own children; nobody else needs to be looked at.
 */
export class Census {
  private readonly byPid = new Map<number, Tribe>()
  private readonly byMarker = new Map<string, Tribe>()
  /** Orphans we have met. Who became ours stays ours, whatever it does to its environment later. */
  private readonly orphans = new Map<number, Tribe | 'stranger'>()

  add(tribe: Tribe): void {
    this.byPid.set(tribe.pid, tribe)
    this.byMarker.set(tribe.marker, tribe)
  }

  remove(tribe: Tribe): void {
    // A new run may have the pid already.
    if (this.byPid.get(tribe.pid) === tribe) this.byPid.delete(tribe.pid)
    this.byMarker.delete(tribe.marker)
    for (const [pid, owner] of this.orphans) if (owner === tribe) this.orphans.set(pid, 'stranger')
  }

  /** To be called when a pid was reaped: it may stand for somebody else from now on. */
  forget(pid: number): void {
    this.orphans.delete(pid)
  }

  /** Whether a pid is known to be an orphan, rather than a child that some other part of this program has spawned. */
  knowsOrphan(pid: number): boolean {
    return this.orphans.has(pid)
  }

  /** Our live children that are no main processes, by the run that they belong to. */
  orphansByTribe(): ReadonlyMap<Tribe, readonly ProcessStat[]> {
    const found = new Map<Tribe, ProcessStat[]>()
    const present = new Set<number>()
    for (const pid of ownChildren()) {
      if (isLaunched(pid)) continue
      present.add(pid)
      if (this.orphans.get(pid) === 'stranger') continue
      const stat = readStat(pid)
      const owner = isLive(stat) ? this.ownerOf(stat) : null
      if (!isLive(stat) || owner === null) continue
      found.set(owner, [...(found.get(owner) ?? []), stat])
    }
    for (const pid of this.orphans.keys()) if (!present.has(pid)) this.orphans.delete(pid)
    return found
  }

  /** Every live process of a run, its main process first, parents before their children. */
  members(
    tribe: Tribe,
    orphans: readonly ProcessStat[] = this.orphansByTribe().get(tribe) ?? [],
  ): readonly ProcessStat[] {
    const members = new Map<number, ProcessStat>()
    const main = isLaunched(tribe.pid) ? readStat(tribe.pid) : null
    const waiting = isLive(main) ? [main, ...orphans] : [...orphans]
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (members.has(next.pid)) continue
      members.set(next.pid, next)
      for (const pid of childrenOf(next.pid)) {
        const child = readStat(pid)
        if (isLive(child) && belongs(child, tribe) !== 'no') waiting.push(child)
      }
    }
    return [...members.values()]
  }

  /** Whether a process is a member of a run; false also when it has ended. */
  isMember(pid: number, tribe: Tribe): boolean {
    for (let stat = readStat(pid); stat !== null && stat.pid !== process.pid; stat = readStat(stat.parent)) {
      if (stat.pid === tribe.pid || this.orphans.get(stat.pid) === tribe) return true
      const verdict = belongs(stat, tribe)
      if (verdict !== 'perhaps') return verdict === 'yes'
      if (stat.parent <= 1) return false
    }
    return false
  }

  private ownerOf(orphan: ProcessStat): Tribe | null {
    const known = this.orphans.get(orphan.pid)
    if (known !== undefined) return known === 'stranger' ? null : known
    const kin = this.byPid.get(orphan.group) ?? this.byPid.get(orphan.session)
    const marker = kin === undefined ? readVariable(orphan.pid, markerVariable) : null
    const owner = kin ?? (typeof marker === 'string' ? this.byMarker.get(marker) : undefined)
    // Nobody could say yet: ask again the next time.
    if (marker !== undefined || owner !== undefined) this.orphans.set(orphan.pid, owner ?? 'stranger')
    return owner ?? null
  }
}

/** `perhaps`: it says nothing itself; it is a member if its parent is. */
function belongs(stat: ProcessStat, tribe: Tribe): 'yes' | 'no' | 'perhaps' {
  if (stat.group === tribe.pid || stat.session === tribe.pid) return 'yes'
  const marker = readVariable(stat.pid, markerVariable)
  if (typeof marker !== 'string') return 'perhaps'
  return marker === tribe.marker ? 'yes' : 'no'
}
