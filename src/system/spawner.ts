import type { Exit } from '../core/exit.ts'
import { takeBack } from './adopt.ts'
import { Census } from './census.ts'
import { createExitWatch } from './exit-watch.ts'
import { countLeft, createLeftoverWatch } from './leftovers.ts'
import { dropOuterMarker, newMarker } from './marker.ts'
import { createNotifier } from './notify/notifier.ts'
import { openFilesAtStart } from './open-files.ts'
import type { Leftover, RunRef, Spawner } from './ports.ts'
import { createReaper } from './reaper.ts'
import type { Run } from './run.ts'
import { createSignaller } from './signalling.ts'
import { startRun } from './start.ts'
import { becomeSubreaper } from './subreaper.ts'

export interface SpawnerOptions {
  /** Names this supervisor in the markers of its runs. Nobody else should be able to guess it. */
  readonly ownId: string
  /** Where the files and sockets for notifications are to be; it must be passable for all users that processes run as. */
  readonly runtimeDir?: string
  /** Told, in a sentence, of what is odd without being the failure of any one process. */
  readonly log?: (text: string) => void
}

/** Starts runs on this host, follows each to its end, and reaps what they orphan. Rules [PR1] and following. */
export function createSpawner({ ownId, runtimeDir, log = () => undefined }: SpawnerOptions): Spawner {
  const runs = new Map<string, Run>()
  const census = new Census()
  const signaller = createSignaller({ census, log })
  const notifier = createNotifier(runtimeDir)
  const leftovers = createLeftoverWatch({ census, signaller, onGone: gone })
  const exits = createExitWatch(mainEnded)
  const reaper = createReaper({ census, claim: (pid) => exits.claim(pid), onDeath: () => leftovers.look() })
  /** Runs whose end is not yet told. */
  let ended: { readonly run: Run; readonly exit: Exit }[] = []
  let isGathering = false

  dropOuterMarker()
  openFilesAtStart() // while whoever started us is still there to be asked
  const subreaper = becomeSubreaper()
  if (subreaper.refused !== null) log(`orphans of processes cannot be followed: prctl says ${subreaper.refused}`)

  /**
   * The first end in a turn of the loop is told at once. The others of that turn are told together, so that of a
   * thousand that die at one time not each has our thousand children listed.
   */
  function mainEnded(run: Run, exit: Exit): void {
    if (run.phase.tag !== 'running') return
    globalThis.crashPoint?.('exit: seen')
    run.phase = { tag: 'ended' }
    census.mainEnded(run)
    ended.push({ run, exit })
    if (isGathering) return
    isGathering = true
    setImmediate(() => {
      isGathering = false
      tellEnds()
    })
    tellEnds()
  }

  function tellEnds(): void {
    if (ended.length === 0) return
    const batch = ended
    ended = []
    const orphans = census.orphansByTribe(batch.map(({ run }) => run))
    for (const { run, exit } of batch) {
      run.channel.drain()
      const left = countLeft({ run, census, orphans: orphans.get(run) ?? [] })
      if (left === 0) forget(run)
      else {
        run.phase = { tag: 'left' }
        leftovers.add(run)
      }
      const killed = left === 0 && run.killed.size > 0 ? { killed: killedOf(run) } : {}
      run.news({ tag: 'exited', exit, left, ...killed })
      globalThis.crashPoint?.('exit: told')
    }
  }

  function gone(run: Run): void {
    globalThis.crashPoint?.('gone: seen')
    forget(run)
    run.news({ tag: 'gone', killed: killedOf(run) })
  }

  function forget(run: Run): void {
    run.phase = { tag: 'over' }
    runs.delete(run.key)
    leftovers.remove(run)
    exits.remove(run)
    census.remove(run)
    run.channel[Symbol.dispose]()
    run.main[Symbol.dispose]()
  }

  return {
    spawn(order) {
      const marker = newMarker(ownId, order.ref)
      globalThis.crashPoint?.('spawn: before')
      const started = startRun({ order, marker, census, notifier, log, onEnded: mainEnded })
      if (!started.ok) return { tag: 'spawn-failed', code: started.failure.code, text: started.failure.message }
      const run = started.value
      runs.set(run.key, run)
      census.add(run)
      globalThis.crashPoint?.('spawn: done')
      return { tag: 'spawned', pid: run.pid, startTime: run.startTime }
    },
    adopt(order) {
      if (runs.has(keyOf(order.ref))) throw new Error(`run ${keyOf(order.ref)} is there already`)
      const { run, exit } = takeBack(order, { census, notifier, buried: reaper, log })
      if (exit === null) {
        runs.set(run.key, run)
        census.adopt(run)
        exits.add(run)
        return { tag: 'adopted' }
      }
      census.add(run)
      const orphans = census.orphansOf(run)
      const left = countLeft({ run, census, orphans })
      if (left === 0) census.remove(run)
      else {
        runs.set(run.key, run)
        leftovers.add(run)
      }
      return { tag: 'ended', exit, left }
    },
    markerOf: (ref) => runs.get(keyOf(ref))?.marker ?? null,
    signal(ref, order) {
      const run = runs.get(keyOf(ref))
      if (run === undefined) return
      globalThis.crashPoint?.('signal: before')
      signaller.send(run, order)
      globalThis.crashPoint?.('signal: after')
      if (run.sweep !== null) leftovers.add(run)
    },
    release(ref) {
      const run = runs.get(keyOf(ref))
      if (run !== undefined && run.phase.tag === 'left') forget(run)
    },
    async [Symbol.asyncDispose]() {
      reaper[Symbol.dispose]()
      leftovers[Symbol.dispose]()
      exits[Symbol.dispose]()
      subreaper[Symbol.dispose]()
      ended = []
      for (const run of runs.values()) forget(run)
      notifier[Symbol.dispose]()
    },
  }
}

function keyOf({ process, run }: RunRef): string {
  return `${process}.${run}`
}

function killedOf(run: Run): readonly Leftover[] {
  return [...run.killed.values()]
}
