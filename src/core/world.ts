import type { SignalName } from '../lib/signals.ts'
import { Table } from '../lib/table.ts'
import { never, type Instant, type Millis } from '../lib/time.ts'
import { deadlineOf, type Process } from './process.ts'
import type { Reason } from './reason.ts'
import type { Monitor, ProcessSpec } from './spec.ts'

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
  readonly dependents: ReadonlyMap<string, readonly string[]>
}

/** A world in which nothing runs yet. Ids are given from 1 in the order of the specs. */
export function createWorld(specs: readonly ProcessSpec[], settings: WorldSettings, now: Instant): World {
  const ids = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  let processes = Table.empty<Process>(deadlineOf)
  specs.forEach((spec, index) => {
    ids.set(spec.name, index + 1)
    for (const edge of spec.edges) dependents.set(edge.to, [...(dependents.get(edge.to) ?? []), spec.name])
    processes = processes.set(index + 1, newProcess(index + 1, spec, now))
  })
  return {
    now,
    settings,
    phase: { tag: 'idle' },
    specials: { queue: [], current: null, armed: false },
    processes,
    ids,
    dependents,
  }
}

function newProcess(id: number, spec: ProcessSpec, now: Instant): Process {
  const reason: Reason = spec.autostart ? { at: now, tag: 'declared' } : { at: now, tag: 'not-called' }
  return {
    id,
    spec,
    want: { up: spec.autostart, reason },
    state: { tag: 'stopped', reason },
    again: null,
    jobs: [],
    runs: 0,
    restarts: 0,
    revives: false,
    streak: 0,
    procmonDelay: 1000,
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
  return Math.min(world.processes.earliest(), phaseDeadline(world.phase))
}

function phaseDeadline(phase: Phase): Instant {
  if (phase.tag === 'prologue') return phase.askAt
  return phase.tag === 'ending' ? phase.forceAt : never
}
