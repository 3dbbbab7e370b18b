import type { SignalName } from '../lib/signals.ts'
import { Table } from '../lib/table.ts'
import { never, type Instant, type Millis } from '../lib/time.ts'
import { emptyCensus, recount, type Census } from './census.ts'
import { firstProcmonDelay } from './delay.ts'
import { deadlineOf, type Process } from './process.ts'
import type { Reason } from './reason.ts'
import type { Edge, Monitor, ProcessSpec } from './spec.ts'
import { nothingTallied, plus, weightBelow, type Tally } from './tally.ts'

/** What holds for the whole world and never changes while it lives. */
export interface WorldSettings {
  readonly prologue: readonly Monitor[]
  readonly shutdownMax: Millis
  /** Under `up`: end when nothing runs or can run again. A daemon goes on. */
  readonly endsWhenDone: boolean
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
  /** Whether the periods of `every` schedules are being counted. */
  readonly armed: boolean
}

export interface World {
  readonly now: Instant
  readonly settings: WorldSettings
  readonly phase: Phase
  readonly specials: Specials
  readonly processes: Table<Process>
  readonly ids: ReadonlyMap<string, number>
  /** Who has an edge to this name. */
  readonly dependents: ReadonlyMap<string, readonly Dependent[]>
  /** Kept by `put`, like the census: what the planner needs to know of the neighbours of each process. */
  readonly tallies: Table<Tally>
  readonly census: Census
}

/** One edge, seen from the process it leads to. */
export interface Dependent {
  readonly id: number
  readonly edge: Edge
}

/** A world in which nothing runs yet. Ids are given from 1 in the order of the specs. */
export function createWorld(specs: readonly ProcessSpec[], settings: WorldSettings, now: Instant): World {
  const created = specs.map((spec, index) => newProcess(index + 1, spec, now))
  let processes = Table.empty<Process>(deadlineOf)
  for (const process of created) processes = processes.set(process.id, process)
  const isPeriodic = specs.some((spec) => spec.trigger.schedule?.tag === 'every')
  return {
    now,
    settings,
    phase: { tag: 'idle' },
    specials: { queue: [], current: null, armed: !isPeriodic },
    processes,
    ...neighbours(created),
    census: created.reduce((census, process) => recount(census, undefined, process), emptyCensus),
  }
}

function neighbours(processes: readonly Process[]): Pick<World, 'ids' | 'dependents' | 'tallies'> {
  const byName = new Map(processes.map((process) => [process.spec.name, process]))
  const dependents = new Map<string, Dependent[]>()
  let tallies = Table.empty<Tally>(deadlineOfTally)
  for (const { id, spec } of processes) {
    let tally = nothingTallied
    for (const edge of spec.edges) {
      const others = dependents.get(edge.to) ?? []
      others.push({ id, edge })
      dependents.set(edge.to, others)
      tally = plus(tally, weightBelow(byName.get(edge.to), edge))
    }
    tallies = tallies.set(id, tally)
  }
  return { ids: new Map(processes.map(({ id, spec }) => [spec.name, id])), dependents, tallies }
}

/** It has none. */
function deadlineOfTally(): Instant {
  return never
}

function newProcess(id: number, spec: ProcessSpec, now: Instant): Process {
  const reason: Reason = spec.autostart ? { at: now, tag: 'declared' } : { at: now, tag: 'not-called' }
  return {
    id,
    spec,
    want: { up: spec.autostart, reason },
    state: { tag: 'stopped', reason },
    jobs: [],
    givenUp: [],
    runs: 0,
    restarts: 0,
    revives: false,
    streak: 0,
    procmonDelay: firstProcmonDelay,
    starts: [],
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
