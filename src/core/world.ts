import type { SignalName } from '../lib/signals.ts'
import { Table } from '../lib/table.ts'
import { never, type Instant, type Millis } from '../lib/time.ts'
import { emptyCensus, recount, type Census } from './census.ts'
import { firstProcmonDelay } from './delay.ts'
import { calm } from './flap.ts'
import { neighboursOf, type Neighbours } from './neighbours.ts'
import { deadlineOf, type Job, type Process, type State } from './process.ts'
import type { Reason } from './reason.ts'
import type { FlapPolicy, GroupPolicy, Monitor, ProcessSpec } from './spec.ts'
import { stirsOf, type Stir } from './stir.ts'

/** What holds for many processes, and may change at any time. */
export interface Policies {
  /** The flap detection of those that have none of their own; null: none. */
  readonly flap: FlapPolicy | null
  /** By the name of the group. */
  readonly groups: ReadonlyMap<string, GroupPolicy>
}

/** What holds for the whole world. But for the policies it never changes while that lives. */
export interface WorldSettings extends Policies {
  readonly prologue: readonly Monitor[]
  readonly shutdownMax: Millis
  /** Under `up`: end when nothing runs or can run again. A daemon goes on. */
  readonly endsWhenDone: boolean
  /** Whether a process may decide the end of everything (`significant`, `on_start_limit: exit`). In a daemon none may. */
  readonly mayEnd: boolean
}

export type Phase =
  | { readonly tag: 'idle' }
  | {
      readonly tag: 'prologue'
      readonly reason: Reason
      readonly index: number
      readonly misses: number
      readonly attempt: number
      readonly askAt: Instant
    }
  | { readonly tag: 'up'; readonly reason: Reason }
  | {
      readonly tag: 'ending'
      readonly reason: Reason
      readonly code: number
      readonly forceAt: Instant
      readonly forced: boolean
    }
  | { readonly tag: 'over'; readonly reason: Reason; readonly code: number }

/** A special that waits its turn. */
export interface Call {
  readonly name: string
  readonly by: SignalName | 'schedule' | 'operator'
}

/** The special that has its turn. While it `holds` the tree, nothing else may run. */
export interface Turned {
  readonly call: Call
  readonly reason: Reason
  readonly stage: 'clearing' | 'running'
  readonly holds: boolean
}

export interface Specials {
  readonly queue: readonly Call[]
  readonly current: Turned | null
  /** Whether the periods of all `every` schedules are being counted. */
  readonly armed: boolean
}

export interface World extends Neighbours {
  readonly now: Instant
  readonly settings: WorldSettings
  readonly phase: Phase
  readonly specials: Specials
  readonly processes: Table<Process>
  /** Kept by `put`, like the tallies. */
  readonly census: Census
  /** By name of those groups whose members fall together. */
  readonly stirs: ReadonlyMap<string, Stir>
  /** Those that left in the last step, as they were when they left. */
  readonly departed: readonly Process[]
}

/** A world in which nothing runs yet. Ids are given from 1 in the order of the specs. */
export function createWorld(specs: readonly ProcessSpec[], settings: WorldSettings, now: Instant): World {
  return worldOf(
    specs.map((spec, index) => newProcess(index + 1, spec, now)),
    settings,
    now,
  )
}

/**
 * A world of processes as a store has kept them: the same ids, wants, counters, and states with their deadlines. What is
 * in the midst of something that nobody will finish has been through `afterTakingBack`. It waits for `begin`; meanwhile
 * live runs go on, and their news is heard.
 */
export function restoreWorld(processes: readonly Process[], settings: WorldSettings, now: Instant): World {
  return worldOf(processes.map(withoutCallers), settings, now)
}

/** Those who called for jobs were of the supervisor before. A run that somebody called for is let go on; one to come is not. */
function withoutCallers(process: Process): Process {
  const { jobs, state } = process
  const run = state.tag === 'starting' || state.tag === 'running' ? state.run.n : 0
  const isAtWork = jobs.some(({ after }) => after < run)
  const kept: readonly Job[] = isAtWork ? [{ caller: { tag: 'nobody' }, after: run - 1 }] : []
  const settled: State =
    state.tag === 'preparing'
      ? { tag: 'waiting', reason: state.reason.because ?? state.reason, hopeless: false }
      : state
  return { ...process, jobs: kept, givenUp: [], state: settled }
}

function worldOf(processes: readonly Process[], settings: WorldSettings, now: Instant): World {
  let table = Table.empty<Process>(deadlineOf)
  for (const process of processes) table = table.set(process.id, process)
  return {
    now,
    settings,
    phase: { tag: 'idle' },
    specials: { queue: [], current: null, armed: !processes.some(awaitsItsCount) },
    processes: table,
    ...neighboursOf(processes),
    stirs: stirsOf(processes, settings.groups),
    census: processes.reduce((census, process) => recount(census, undefined, process), emptyCensus),
    departed: [],
  }
}

/** Its period is still to be counted from some instant. */
export function awaitsItsCount({ spec, nextPeriodic }: Process): boolean {
  return spec.trigger.schedule?.tag === 'every' && nextPeriodic === never
}

/** A process that was never started. */
export function newProcess(id: number, spec: ProcessSpec, now: Instant): Process {
  const reason: Reason = spec.autostart ? { at: now, tag: 'declared' } : { at: now, tag: 'not-called' }
  return {
    id,
    spec,
    want: spec.autostart ? { up: true, reason } : { up: false, forGood: false, reason },
    state: { tag: 'stopped', reason },
    jobs: [],
    givenUp: [],
    runs: 0,
    restarts: 0,
    revives: false,
    streak: 0,
    procmonDelay: firstProcmonDelay,
    starts: [],
    flap: calm,
    falls: [],
    exit: null,
    lastPid: null,
    aftermath: null,
    nextPeriodic: never,
    createdAt: now,
    since: now,
  }
}

/** The process of that name, if there is one. */
export function named(world: World, name: string): Process | undefined {
  const id = world.ids.get(name)
  return id === undefined ? undefined : world.processes.get(id)
}

/** When the shell must send a tick at the latest. */
export function nextDeadline(world: World): Instant {
  if (world.phase.tag === 'over') return never
  return Math.min(world.processes.earliest(), phaseDeadline(world.phase))
}

function phaseDeadline(phase: Phase): Instant {
  if (phase.tag === 'prologue') return phase.askAt
  return phase.tag === 'ending' ? phase.forceAt : never
}
