// What a daemon would have the store keep.
import type { Process, Run, State } from '../../../src/core/process.ts'
import type { Batch, JournalEntry, StoredGroup, StoredProcess } from '../../../src/store/store.ts'
import { aSpec, aWorld, type SpecSketch } from '../../sim/builders.ts'

export const aMoment = Date.parse('2026-08-01T12:00:00.000Z')

export function aProcess(name: string, { id = 1, spec = {}, ...sketch }: ProcessSketch = {}): Process {
  const whole = { output: { ...aSpec().output, access: null }, declared: null, ...spec }
  const [process] = aWorld({ [name]: whole }).processes.values()
  if (process === undefined) throw new Error('a world without processes')
  return { ...process, id, ...sketch }
}

type ProcessSketch = Partial<Omit<Process, 'spec'>> & { readonly spec?: SpecSketch }

export function aRun(n: number, sketch: Partial<Run> = {}): Run {
  return {
    n,
    pid: 1000 + n,
    startTime: 5000 + n,
    since: 100,
    birth: { at: 90, tag: 'declared' },
    standsOn: new Map([['db', 7]]),
    says: null,
    promised: null,
    askings: 0,
    takenBackAt: null,
    ...sketch,
  }
}

export function runningState(run: Run): State {
  return {
    tag: 'running',
    reason: { at: 110, tag: 'spawned', because: { at: 90, tag: 'declared' } },
    run,
    isReady: true,
    ready: null,
    readyAt: Number.POSITIVE_INFINITY,
    monitors: [],
    watchdogAt: Number.POSITIVE_INFINITY,
  }
}

export function stored(process: Process, sketch: Partial<StoredProcess> = {}): StoredProcess {
  return { process, bootId: 'boot-1', marker: null, ...sketch }
}

export function aGroup(id: number, name: string, declared: StoredGroup['declared'] = null): StoredGroup {
  return { id, name, declared, createdAt: aMoment, updatedAt: aMoment + 5 }
}

export function anEntry(sketch: Partial<JournalEntry> = {}): Omit<JournalEntry, 'id'> {
  const { id: _id, ...rest } = sketch
  return {
    at: aMoment,
    process: 'web',
    kind: 'status',
    from: 'init',
    to: 'running',
    run: 1,
    pid: 1001,
    restarts: 0,
    exit: null,
    reason: 'it was started',
    because: null,
    by: null,
    ...rest,
  }
}

export function aBatch(sketch: Partial<Batch> = {}): Batch {
  const nothing = { processes: [], removed: [], groups: [], removedGroups: [], journal: [] }
  return { at: 200, wall: aMoment, ...nothing, ...sketch }
}
