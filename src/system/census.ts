import { isLaunched } from './launch.ts'
import { peekZombie } from './libc.ts'
import { markerVariable } from './marker.ts'
import { childrenOf, everyStat, isLive, ownChildren, readStat, readVariable, type ProcessStat } from './procfs.ts'

/** By what the members of a run are known. */
export interface Tribe {
  /** The pid of its main process, which is also its session and process group. */
  readonly pid: number
  /** When its main process started: once that has ended, its pid may be another's. */
  readonly startTime: number
  readonly marker: string
}

/** Pids of our live children, by run. */
export type Orphans = ReadonlyMap<Tribe, readonly number[]>

/** How often our children are listed anew while they die under our eyes. */
const passes = 100
/** How often who does not show its environment is asked again at once: it may be in the middle of its `execve`. */
const patience = 5

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
  /** Who was met below a member: one that has dropped the marker is only known as long as its parent lives. */
  private readonly kin = new Map<number, { readonly tribe: Tribe; readonly startTime: number }>()
  /** Orphans that were found dead, and are not reaped yet. */
  private readonly dead = new Set<number>()

  add(tribe: Tribe): void {
    this.byPid.set(tribe.pid, tribe)
    this.byMarker.set(tribe.marker, tribe)
  }

  remove(tribe: Tribe): void {
    // A new run may have the pid already.
    if (this.byPid.get(tribe.pid) === tribe) this.byPid.delete(tribe.pid)
    this.byMarker.delete(tribe.marker)
    for (const [pid, owner] of this.orphans) if (owner === tribe) this.orphans.set(pid, 'stranger')
    for (const [pid, kin] of this.kin) if (kin.tribe === tribe) this.kin.delete(pid)
  }

  /** To be called when a pid was reaped: it may stand for somebody else from now on. */
  forget(pid: number): void {
    this.orphans.delete(pid)
    this.dead.delete(pid)
  }

  /** Whether a pid is known to be an orphan of one of our runs. */
  owns(pid: number): boolean {
    const owner = this.orphans.get(pid)
    return owner !== undefined && owner !== 'stranger'
  }

  /**
   * Our live children that are no main processes, by the run that they belong to.
   *
   * Between the listing of our children and the look at one of them, that one may end, and its children become ours:
   * they are in the next list only. So the list is read until nobody new in it turns out to be dead.
   */
  orphansByTribe(): Orphans {
    let [pass, found] = [0, this.lookOnce(0)]
    while (!found.isSettled && ++pass < passes) found = this.lookOnce(pass)
    return found.orphans
  }

  private lookOnce(pass: number): { readonly orphans: Orphans; readonly isSettled: boolean } {
    const orphans = new Map<Tribe, number[]>()
    const present = new Set<number>()
    let isSettled = true
    for (const pid of ownChildren()) {
      if (isLaunched(pid)) continue
      present.add(pid)
      if (this.dead.has(pid) || this.orphans.get(pid) === 'stranger') continue
      // One call of the kernel, where /proc would take three.
      if (peekZombie(pid) !== 0) {
        this.dead.add(pid)
        isSettled = false
        continue
      }
      const owner = this.ownerOf(pid)
      if (owner === 'unknown') isSettled &&= pass >= patience
      else if (owner !== 'stranger') append(orphans, owner, pid)
    }
    for (const pid of this.orphans.keys()) if (!present.has(pid)) this.orphans.delete(pid)
    for (const pid of this.dead) if (!present.has(pid)) this.dead.delete(pid)
    return { orphans, isSettled }
  }

  /**
   * Every live process of a run, its main process first, parents before their children. Who is met here stays known.
   * @param orphans those of this run among our children, where they are already known
   */
  members(tribe: Tribe, orphans: readonly number[] = this.orphansByTribe().get(tribe) ?? []): readonly ProcessStat[] {
    const members = new Map<number, ProcessStat>()
    const waiting = [...(isLaunched(tribe.pid) ? [tribe.pid] : []), ...orphans]
    for (let pid = waiting.shift(); pid !== undefined; pid = waiting.shift()) {
      const stat = members.has(pid) ? null : readStat(pid)
      if (!isLive(stat) || (pid === tribe.pid && stat.startTime !== tribe.startTime)) continue
      // What hangs below us belongs already; whoever hangs below them may say otherwise.
      if (stat.parent !== process.pid && belongs(stat, tribe) === 'no') continue
      members.set(pid, stat)
      this.kin.set(pid, { tribe, startTime: stat.startTime })
      waiting.push(...childrenOf(pid))
    }
    return [...members.values()]
  }

  /** The live members of the group of a run, wherever they hang: every process is looked at. */
  membersOfGroup(tribe: Tribe): readonly ProcessStat[] {
    if (this.byPid.get(tribe.pid) !== tribe) return [] // a later run has the pid, and the group
    return everyStat().filter((stat) => stat.group === tribe.pid && isLive(stat))
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

  private ownerOf(pid: number): Tribe | 'stranger' | 'unknown' {
    const known = this.orphans.get(pid)
    if (known !== undefined) return known
    const stat = readStat(pid)
    if (stat === null) return 'unknown'
    const kin = this.kinOf(stat) ?? this.byPid.get(stat.group) ?? this.byPid.get(stat.session)
    const marker = kin === undefined ? readVariable(pid, markerVariable) : null
    if (marker === undefined) return 'unknown'
    const owner = kin ?? (marker === null ? undefined : this.byMarker.get(marker)) ?? 'stranger'
    this.orphans.set(pid, owner)
    return owner
  }

  private kinOf({ pid, startTime }: ProcessStat): Tribe | undefined {
    const kin = this.kin.get(pid)
    return kin?.startTime === startTime ? kin.tribe : undefined
  }
}

function append<K>(lists: Map<K, number[]>, key: K, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** `perhaps`: it says nothing itself; it is a member if its parent is. */
function belongs(stat: ProcessStat, tribe: Tribe): 'yes' | 'no' | 'perhaps' {
  if (stat.group === tribe.pid || stat.session === tribe.pid) return 'yes'
  const marker = readVariable(stat.pid, markerVariable)
  if (typeof marker !== 'string') return 'perhaps'
  return marker === tribe.marker ? 'yes' : 'no'
}
