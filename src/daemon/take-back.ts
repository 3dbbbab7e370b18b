import type { Event } from '../core/events.ts'
import { liveRun, type Process } from '../core/process.ts'
import { rebase } from '../core/rebase.ts'
import { afterTakingBack, grounded, signalledUntil } from '../core/taking-back.ts'
import { restoreWorld, type World, type WorldSettings } from '../core/world.ts'
import type { Instant, Millis } from '../lib/time.ts'
import type { Found } from '../store/store.ts'
import { bootId } from '../system/boot.ts'
import type { MarkedRun } from '../system/find-marked.ts'
import type { Clock, RunRef, Spawner } from '../system/ports.ts'
import { startedAt } from '../system/started-at.ts'
import { eventOf } from './obey.ts'
import type { Promises } from './promises.ts'

/** A daemon keeps its processes until it is told to end. */
export const daemonSettings: WorldSettings = {
  prologue: [],
  shutdownMax: 75_000,
  endsWhenDone: false,
  mayEnd: false,
  flap: null,
  groups: new Map(),
}

interface Taking {
  readonly now: Instant
  readonly spawner: Spawner
  readonly dispatch: (event: Event) => void
  /** Told, in a sentence, of each run of which nothing is known any more. */
  readonly tell?: (text: string) => void
  /** Every run of ours that lives, as its marker tells. */
  readonly marked: readonly MarkedRun[]
}

/**
 * The world as the daemon before has left it, however it ended: every run of it that lives is taken back, and what died
 * meanwhile counts as having died now. [TB1] [DM4]
 */
export function takeBack(
  found: Pick<Found, 'processes' | 'complete' | 'closedCleanly'>,
  input: Omit<Taking, 'now'> & {
    readonly clock: Clock
    /** Up to when recorded signals are known to have been sent. */
    readonly obeyed: Instant
    /** Which runs were to be spawned. */
    readonly promises: Pick<Promises, 'promised'>
    /** Whether the supervisor before gave way to us: then nothing is brought back, for nothing has ended. */
    readonly isReplacement: boolean
    /** A daemon's, if nothing else is said. */
    readonly settings?: WorldSettings
  },
): World {
  const { clock, obeyed, isReplacement } = input
  const now = clock.now()
  const boot = bootId() ?? ''
  const taking = { ...input, now }
  /** Whose last run was spawned and not recorded. */
  const missed = new Set<number>()
  const processes = found.processes.map((stored) => {
    const isSameBoot = stored.bootId === boot
    const delta = now - (stored.at + clock.wall() - stored.wall)
    const process = isSameBoot
      ? begun(signalledUntil(stored.process, obeyed), input.promises)
      : rebase(stored.process, delta)
    // Of a complete database the last steps may be missing: the disk was full.
    const since = found.complete ? stored.at - tick : Number.NEGATIVE_INFINITY
    const isMissed = !found.complete || (isSameBoot && !found.closedCleanly)
    const unknown = isMissed ? laterRun(process, since, taking) : undefined
    if (process !== stored.process && process.state.tag === 'spawning') missed.add(process.id)
    if (unknown !== undefined) missed.add(process.id)
    if (unknown !== undefined) return spawnedBefore(spawning(process, unknown.ref.run), unknown, taking)
    const taken = isSameBoot ? continued(process, stored.marker, taking) : afterTakingBack(process, now, 'lost')
    return isReplacement ? taken : withoutReturn(taken, now)
  })
  const byName = new Map(processes.map((process) => [process.spec.name, process]))
  const whole = processes.map((process) => (missed.has(process.id) ? grounded(process, byName) : process))
  return restoreWorld(whole, input.settings ?? daemonSettings, now)
}

function continued(process: Process, marker: string | null, taking: Taking): Process {
  const { state } = process
  const run = liveRun(state)
  const { now } = taking
  if (run !== null && marker !== null) {
    globalThis.crashPoint?.('start: before taking a run back')
    follow(process, { ...run, marker }, taking)
    globalThis.crashPoint?.('start: run taken back')
    return afterTakingBack(process, now, 'alive')
  }
  const spawned = state.tag === 'spawning' ? runOf(process, state.n, taking) : undefined
  if (spawned !== undefined) return spawnedBefore(process, spawned, taking)
  if (state.tag === 'spawning') taking.tell?.(lostSentence(process.spec.name, state.n))
  return afterTakingBack(process, now, 'lost')
}

function lostSentence(name: string, run: number): string {
  return `run ${run} of ${name} was about to start when the daemon before this one ended, and does not live: it counts as ended`
}

/** It was spawned, and the daemon before did not come to record that. [TB6] */
function spawnedBefore(process: Process, found: MarkedRun, taking: Taking): Process {
  const { pid, startTime, marker, ref } = found
  const event = { tag: 'spawned', run: ref.run, pid, startTime, takenBack: true } as const
  taking.dispatch({ tag: 'process', process: process.id, event })
  follow(process, { n: ref.run, pid, startTime, marker }, taking)
  return process
}

/** The youngest, should a process of that id have been there before, and have left something. */
function runOf({ id }: Process, n: number, { marked }: Taking): MarkedRun | undefined {
  return marked
    .filter(({ ref }) => ref.process === id && ref.run === n)
    .toSorted((a, b) => b.startTime - a.startTime)[0]
}

/** So much earlier than it was a start may be said to have been. */
const tick: Millis = 20

/**
 * A run that lives and that the database does not know, where the run that it knows does not: the database is an old
 * copy, or could not be written any more. [TB22] [DB18]
 */
function laterRun(process: Process, since: Instant, taking: Taking): MarkedRun | undefined {
  const known = liveRun(process.state)
  if (known !== null && (runOf(process, known.n, taking)?.startTime ?? 0) > 0) return undefined
  return taking.marked
    .filter(({ ref, startTime }) => ref.process === process.id && ref.run > process.runs && startTime > 0)
    .filter(({ startTime }) => startedAt(startTime, taking.now) >= since)
    .toSorted((a, b) => b.ref.run - a.ref.run)[0]
}

/** A replacement that was promised and not recorded: its process is where the record would have had it. [TB27] */
function begun(process: Process, promises: Pick<Promises, 'promised'>): Process {
  const promised = promises.promised(process)
  if (promised === null) return process
  const { run, ...counted } = promised
  return { ...spawning(process, run), ...counted }
}

function spawning(process: Process, run: number): Process {
  const { reason } = process.state
  return {
    ...process,
    runs: run,
    state: { tag: 'spawning', reason, n: run, standsOn: new Map(), promised: null, doom: null },
  }
}

/** Has the spawner follow the run; that it has ended meanwhile is news like any other. */
function follow(
  process: Process,
  { n, pid, startTime, marker }: { n: number; pid: number; startTime: number; marker: string },
  { spawner, dispatch }: Taking,
): void {
  const ref: RunRef = { process: process.id, run: n }
  const outcome = spawner.adopt({
    ref,
    spec: process.spec,
    pid,
    startTime,
    marker,
    news: (news) => dispatch(eventOf(ref, news)),
  })
  if (outcome.tag === 'adopted') return
  const { exit, left } = outcome
  dispatch({ tag: 'process', process: process.id, event: { tag: 'exited', run: n, exit, left } })
}

/** What has `no_auto_restart` and was declared by a command is not brought back by a start of the daemon. */
function withoutReturn(process: Process, now: Instant): Process {
  const { spec, want, state } = process
  const isLive = liveRun(state) !== null || state.tag === 'spawning'
  if (!spec.endIsFailure || spec.declared?.file !== null || !want.up || isLive) return process
  return { ...process, want: { up: false, forGood: false, reason: { at: now, tag: 'not-restarted', policy: 'no' } } }
}
