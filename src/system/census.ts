import { isLaunched } from './launch.ts'
import { peekZombie } from './libc.ts'
import { markerVariable } from './marker.ts'
import { childrenOf, everyStat, isLive, ownChildren, readStat, readVariable, type ProcessStat } from './procfs.ts'
import { createRollcall, type Roll } from './rollcall.ts'

/** By what the members of a run are known. */
export interface Tribe {
  /** The pid of its main process. */
  readonly pid: number
  /** The session and process group that its main process leads, or led; null: that number may be another's by now. */
  readonly group: number | null
  /** When its main process started: once that has ended, its pid may be another's. */
  readonly startTime: number
  readonly marker: string
  /** An earlier daemon started it, and we do not descend from each other: its members may hang below anybody. */
  readonly isScattered: boolean
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
 * member hangs below the main process or below one of our own children; nobody else needs to be looked at. Only for
 * those of an earlier daemon, whose orphans went elsewhere, everybody is.
 */
export class Census {
  private readonly byGroup = new Map<number, Tribe>()
  private readonly byMarker = new Map<string, Tribe>()
  /** Orphans we have met. Who became ours stays ours, whatever it does to its environment later. */
  private readonly orphans = new Map<number, Tribe | 'stranger'>()
  /** Who was met below a member: one that has dropped the marker is only known as long as its parent lives. */
  private readonly kin = new Map<number, { readonly tribe: Tribe; readonly startTime: number }>()
  /** Orphans that were found dead, and are not reaped yet. */
  private readonly dead = new Set<number>()
  /** Main processes that the runtime did not launch, by pid. */
  private readonly adopted = new Map<number, Tribe>()
  readonly rollcall = createRollcall()

  add(tribe: Tribe): void {
    if (tribe.group !== null) this.byGroup.set(tribe.group, tribe)
    this.byMarker.set(tribe.marker, tribe)
  }

  /** As `add`, for a run of an earlier daemon whose main process lives. */
  adopt(tribe: Tribe): void {
    this.add(tribe)
    this.adopted.set(tribe.pid, tribe)
  }

  /** To be called when the main process of a run has ended: its pid may stand for somebody else from now on. */
  mainEnded(tribe: Tribe): void {
    if (this.adopted.get(tribe.pid) === tribe) this.adopted.delete(tribe.pid)
  }

  remove(tribe: Tribe): void {
    this.mainEnded(tribe)
    // A new run may have the pid already.
    if (tribe.group !== null && this.byGroup.get(tribe.group) === tribe) this.byGroup.delete(tribe.group)
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
   * Our live children that are no main processes, by the run that they belong to; and of the scattered among `runs`
   * whoever else is found.
   *
   * Between the listing of our children and the look at one of them, that one may end, and its children become ours:
   * they are in the next list only. So the list is read until nobody new in it turns out to be dead.
   */
  orphansByTribe(runs: readonly Tribe[] = []): Orphans {
    const scattered = runs.filter((tribe) => tribe.isScattered)
    return scattered.length === 0 ? this.ownOrphans() : this.withStrays(scattered, this.rollcall.call())
  }

  private ownOrphans(): Map<Tribe, readonly number[]> {
    let [pass, found] = [0, this.lookOnce(0)]
    while (!found.isSettled && ++pass < passes) found = this.lookOnce(pass)
    return found.orphans
  }

  private withStrays(scattered: readonly Tribe[], roll: Roll): Orphans {
    const orphans = this.ownOrphans()
    for (const tribe of scattered) {
      const all = new Set([...(orphans.get(tribe) ?? []), ...this.straysOf(tribe, roll)])
      all.delete(this.isMain(tribe.pid) ? tribe.pid : -1)
      orphans.set(tribe, [...all])
    }
    return orphans
  }

  /** Who carries the marker of a run, or is in its group or session, or was met below one who is. */
  private straysOf(tribe: Tribe, { byMarker, byGroup, byPid }: Roll): readonly number[] {
    const inGroup = tribe.group === null ? [] : (byGroup.get(tribe.group) ?? [])
    const kin = [...this.kin].filter(([pid, { startTime }]) => byPid.get(pid)?.startTime === startTime)
    return [
      ...[...(byMarker.get(tribe.marker) ?? []), ...inGroup].map((one) => one.pid),
      ...kin.flatMap(([pid, one]) => (one.tribe === tribe ? [pid] : [])),
    ]
  }

  private isMain(pid: number): boolean {
    return isLaunched(pid) || this.adopted.has(pid)
  }

  private lookOnce(pass: number): { readonly orphans: Map<Tribe, readonly number[]>; readonly isSettled: boolean } {
    const orphans = new Map<Tribe, number[]>()
    const present = new Set<number>()
    let isSettled = true
    for (const pid of ownChildren()) {
      if (this.isMain(pid)) continue
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
  members(tribe: Tribe, orphans: readonly number[] = this.orphansOf(tribe)): readonly ProcessStat[] {
    const members = new Map<number, ProcessStat>()
    const waiting = [...(this.isMain(tribe.pid) ? [tribe.pid] : []), ...orphans]
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

  /** Whoever asks this may do with what was seen in this turn of the loop: who is new will be met at the next look. */
  orphansOf(tribe: Tribe): readonly number[] {
    const orphans = tribe.isScattered ? this.withStrays([tribe], this.rollcall.recent()) : this.ownOrphans()
    return orphans.get(tribe) ?? []
  }

  /** The live members of the group of a run, wherever they hang: every process is looked at. */
  membersOfGroup(tribe: Tribe): readonly ProcessStat[] {
    if (tribe.group === null || this.byGroup.get(tribe.group) !== tribe) return [] // it is another's, or a later run's
    return everyStat().filter((stat) => stat.group === tribe.group && isLive(stat))
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
    const kin = this.kinOf(stat) ?? this.byGroup.get(stat.group) ?? this.byGroup.get(stat.session)
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
  if (stat.group === tribe.group || stat.session === tribe.group) return 'yes'
  const marker = readVariable(stat.pid, markerVariable)
  if (typeof marker !== 'string') return 'perhaps'
  return marker === tribe.marker ? 'yes' : 'no'
}
