import { liveRun, type Process } from '../core/process.ts'
import type { Failure } from '../lib/result.ts'
import { createMemoryRecorder, type Change, type Recorder } from '../store/recorder.ts'
import type { JournalEntry, JournalQuery, Store, StoredGroup, StoredProcess } from '../store/store.ts'
import { bootId } from '../system/boot.ts'
import type { Clock, Spawner } from '../system/ports.ts'
import type { Promises } from './promises.ts'
import { repeat } from '../system/repeat.ts'
import { entriesOf, toldEntry, type Told } from './journal.ts'

/** How many inputs of the core are kept for a bug report. */
const recordingLimit = 1000

/** Records every step: what it changed goes into the store before anything is done about it. */
export interface Ledger extends Recorder, Disposable {
  /** What was taken in since the last time is kept, in one transaction. */
  flush(): void
  /** Why the last step could not be recorded; null: all is recorded. */
  readonly alarm: Failure | null
  /** Finds out whether something can be recorded. @returns why it cannot; null: it can, and all is recorded */
  check(): Failure | null
  readonly groups: ReadonlyMap<string, StoredGroup>
  /** Adds a group, or has it forgotten. */
  keepGroup(group: StoredGroup): void
  dropGroup(group: StoredGroup): void
  /** @param query `limit`: the last so many; absent: 1,000 */
  journal(query: Omit<JournalQuery, 'limit'> & { readonly limit?: number }): readonly JournalEntry[]
  /** Adds to the journal what no step says: who asked for what, that files were read. */
  tell(...told: readonly Told[]): void
  /** Enters something about a process that is no transition of it. */
  note(entry: Pick<JournalEntry, 'process' | 'run' | 'restarts' | 'reason'>): void
  /** Told of each entry of the journal once it is recorded. @returns the function that ends the subscription */
  subscribe(listener: (entry: JournalEntry) => void): () => void
}

/** While something could not be recorded, it is tried again so often, whatever happens meanwhile. */
const everySecond = (act: () => void): Disposable => repeat(1000, act)

/** As many entries of the journal as one question is answered with. */
const journalLimit = 1000

export function openLedger(input: {
  readonly store: Store
  readonly clock: Clock
  readonly spawner: Spawner
  /** Told when the store fails, and when it works again. */
  readonly log: (text: string) => void
  /** Promises a run of a process that is recorded; absent: nobody keeps promises. */
  readonly promise?: Promises['promise']
  /** Tests turn the time themselves. */
  readonly retry?: typeof everySecond
}): Ledger {
  const { store, clock, spawner, log, promise = () => false, retry = everySecond } = input
  /** Of each process that is recorded, when it came to be. */
  const known = new Map(store.found.processes.map(({ process }) => [process.id, process.createdAt]))
  const boot = bootId() ?? ''
  const groups = new Map(store.found.groups.map((group) => [group.name, group]))
  const inputs = createMemoryRecorder(recordingLimit)
  const listeners = new Set<(entry: JournalEntry) => void>()
  let waiting = nothingWaits()
  let alarm: Failure | null = null
  let retrying: Disposable | null = null

  function commit(batch: {
    readonly processes?: readonly StoredProcess[]
    readonly removed?: readonly number[]
    readonly groups?: readonly StoredGroup[]
    readonly removedGroups?: readonly number[]
    readonly journal?: readonly Omit<JournalEntry, 'id'>[]
  }): void {
    const whole = { processes: [], removed: [], groups: [], removedGroups: [], journal: [], ...batch }
    const done = store.commit({ ...whole, at: clock.now(), wall: clock.wall() })
    hear(done.ok ? null : done.failure)
    const first = store.lastEntry - whole.journal.length + 1
    for (const [index, entry] of whole.journal.entries()) {
      for (const listener of listeners) listener({ ...entry, id: first + index })
    }
  }

  function hear(failed: Failure | null): void {
    if (failed !== null && alarm?.message !== failed.message) log(`the state is not recorded: ${failed.message}`)
    if (failed === null && alarm !== null) log('the state is recorded again')
    alarm = failed
    if (failed !== null) retrying ??= retry(() => commit({}))
    else rest()
  }

  function rest(): void {
    retrying?.[Symbol.dispose]()
    retrying = null
  }

  function stored(process: Process): StoredProcess {
    const run = liveRun(process.state)
    const marker = run === null ? null : spawner.markerOf({ process: process.id, run: run.n })
    return { process, bootId: boot, marker }
  }

  /** One transaction for all steps since the last: of what changed twice the last is kept. */
  function flush(): void {
    const { kept, removed, journal } = waiting
    if (kept.size + removed.size + journal.length === 0) return
    waiting = nothingWaits()
    for (const id of removed) known.delete(id)
    for (const { id, createdAt } of kept.values()) known.set(id, createdAt)
    // An id that is free again may have been given away in the same breath: the store forgets first.
    commit({ processes: [...kept.values()].map(stored), removed: [...removed], journal })
  }

  commit({}) // the store may have been opened on a disk that is full

  return {
    get alarm() {
      return alarm
    },
    check() {
      flush()
      commit({})
      return alarm
    },
    groups,
    record(recording, change) {
      inputs.record(recording, change)
      const { kept, removed } = differencesIn(change)
      for (const process of kept) waiting.kept.set(process.id, process)
      for (const id of removed) {
        waiting.kept.delete(id)
        waiting.removed.add(id)
      }
      waiting.journal.push(...entriesOf(change, clock.wall()))
      if (waiting.kept.size >= enough) flush()
    },
    flush,
    beforeSpawn(process) {
      const isKnown = alarm === null && known.get(process.id) === process.createdAt
      if (!isKnown || !promise(process)) flush()
      globalThis.crashPoint?.('spawn: promised')
    },
    keepGroup(group) {
      groups.set(group.name, group)
      commit({ groups: [group] })
    },
    dropGroup(group) {
      groups.delete(group.name)
      commit({ removedGroups: [group.id] })
    },
    journal: (query) => store.journal({ limit: journalLimit, ...query }),
    tell(...told) {
      const wall = clock.wall()
      flush()
      if (told.length > 0) commit({ journal: told.map((one) => toldEntry(one, wall)) })
    },
    note(entry) {
      const rest = { kind: 'note', from: null, to: null, pid: null, exit: null, because: null, by: null } as const
      commit({ journal: [{ ...rest, ...entry, at: clock.wall() }] })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [Symbol.dispose]: rest,
  }
}

/** So many processes that changed are recorded at once, however many more change in the same breath. */
const enough = 64

function nothingWaits(): { kept: Map<number, Process>; removed: Set<number>; journal: Omit<JournalEntry, 'id'>[] } {
  return { kept: new Map(), removed: new Set(), journal: [] }
}

function differencesIn({ before, after }: Change): { kept: readonly Process[]; removed: readonly number[] } {
  const kept: Process[] = []
  const removed: number[] = []
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    if (now === undefined) removed.push(then?.id ?? 0)
    else if (then === undefined || isWorthKeeping(then, now)) kept.push(now)
  }
  return { kept, removed }
}

/**
 * What a check was asked, and what it answered, is asked anew after a restart: with a thousand monitors the store would
 * be busy with nothing else.
 */
function isWorthKeeping(then: Process, now: Process): boolean {
  const [before, after] = [then.state, now.state]
  if (before.tag !== after.tag || before.reason.tag !== after.reason.tag) return true
  if (before.tag === 'running' && after.tag === 'running') {
    if (before.isReady !== after.isReady || before.run !== after.run) return true
  } else if (before.tag === 'starting' && after.tag === 'starting') {
    if (before.deadline !== after.deadline || before.run !== after.run) return true
  } else if (before !== after) return true
  const { state: _before, ...restBefore } = then
  const { state: _after, ...restAfter } = now
  return Object.entries(restAfter).some(([key, value]) => restBefore[key as keyof typeof restBefore] !== value)
}
