import type { Event } from '../core/events.ts'
import { liveRun, type Process } from '../core/process.ts'
import { rebase } from '../core/rebase.ts'
import { afterTakingBack } from '../core/taking-back.ts'
import { restoreWorld, type World } from '../core/world.ts'
import type { Instant } from '../lib/time.ts'
import type { FoundProcess } from '../store/store.ts'
import { bootId } from '../system/boot.ts'
import { findMarked, type MarkedRun } from '../system/find-marked.ts'
import type { Clock, RunRef, Spawner } from '../system/ports.ts'
import { eventOf } from './obey.ts'

/** A daemon keeps its processes until it is told to end. */
const settings = { prologue: [], shutdownMax: 75_000, endsWhenDone: false }

interface Taking {
  readonly now: Instant
  readonly spawner: Spawner
  readonly dispatch: (event: Event) => void
  /** Runs that live, by `process.run`: known by their markers alone. */
  readonly marked: ReadonlyMap<string, MarkedRun>
}

/**
 * The world as the daemon before has left it, however it ended: every run of it that lives is taken back, and what died
 * meanwhile counts as having died now. [TB1] [DM4]
 */
export function takeBack(
  found: readonly FoundProcess[],
  input: {
    readonly ownId: string
    readonly clock: Clock
    readonly spawner: Spawner
    readonly dispatch: Taking['dispatch']
  },
): World {
  const { ownId, clock, spawner, dispatch } = input
  const now = clock.now()
  const boot = bootId()
  const isPending = found.some(({ process }) => process.state.tag === 'spawning')
  const marked = new Map((isPending ? findMarked(ownId) : []).map((run) => [keyOf(run.ref), run]))
  const taking = { now, spawner, dispatch, marked }
  const processes = found.map((stored) => {
    const isSameBoot = stored.bootId === (boot ?? '')
    const delta = now - (stored.at + clock.wall() - stored.wall)
    const process = isSameBoot ? stored.process : rebase(stored.process, delta)
    return withoutReturn(
      isSameBoot ? continued(process, stored.marker, taking) : afterTakingBack(process, now, 'lost'),
      now,
    )
  })
  return restoreWorld(processes, settings, now)
}

function continued(process: Process, marker: string | null, taking: Taking): Process {
  const { state } = process
  const run = liveRun(state)
  const { now, dispatch } = taking
  if (run !== null) {
    if (marker === null) return afterTakingBack(process, now, 'lost')
    follow(process, { ...run, marker }, taking)
    return afterTakingBack(process, now, 'alive')
  }
  const spawned = state.tag === 'spawning' ? taking.marked.get(keyOf({ process: process.id, run: state.n })) : undefined
  if (state.tag !== 'spawning' || spawned === undefined) return afterTakingBack(process, now, 'lost')
  const { pid, startTime } = spawned
  dispatch({ tag: 'process', process: process.id, event: { tag: 'spawned', run: state.n, pid, startTime } })
  follow(process, { n: state.n, pid, startTime, marker: spawned.marker }, taking)
  return process
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

function keyOf({ process, run }: RunRef): string {
  return `${process}.${run}`
}
