import { createWorld, type World, type WorldSettings } from '../core/world.ts'
import type { Plan } from '../core/spec.ts'
import type { Instant } from '../lib/time.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Change, Recorder } from '../store/recorder.ts'
import type { Store } from '../store/store.ts'
import { createClock } from '../system/clock.ts'
import type { Clock, Sampler, Spawner } from '../system/ports.ts'
import { createProber, type CustomProbes } from '../system/probes/prober.ts'
import { createSampler } from '../system/sampler.ts'
import { createSpawner } from '../system/spawner.ts'
import { openCalendar } from './calendar.ts'
import { createEngine, type Engine } from './engine.ts'
import { openLedger, type Ledger } from './ledger.ts'
import { newOwnId } from './own-id.ts'
import { noPromises, type Promises } from './promises.ts'

/** An engine over the real host, with what others need of its ports. */
export interface Tree extends AsyncDisposable {
  readonly engine: Engine
  readonly clock: Clock
  readonly sampler: Sampler
  readonly ledger: Ledger
}

/** What makes a tree on this host. */
export interface Soil {
  /** Where it is recorded; it is closed by whoever opened it. */
  readonly store: Store
  /** Names this supervisor in the markers of its runs, also after a restart. */
  readonly ownId: string
  /** The world to begin with. What it takes back of an earlier daemon it has from the spawner. */
  readonly world: (clock: Clock, spawner: Spawner, dispatch: Engine['dispatch']) => World
  /** How often resource figures are read, in milliseconds. */
  readonly samplingInterval?: number
  /** Probe functions of a program that uses coppice as a library, by id. */
  readonly custom?: CustomProbes
  /** Told, in a sentence, of what is odd about the host. */
  readonly log?: (text: string) => void
  /** Told of each step before it is recorded. */
  readonly prepare?: (change: Change) => void
  /** Told of each step when it is done, also of those that come of taking back. */
  readonly hear?: (change: Change) => void
  /** Told that the signals have been sent that were recorded until now. */
  readonly obeyed?: (now: Instant) => void
  /** Where replacements are promised; absent: each is recorded before it is spawned. */
  readonly promises?: Promises
}

/** Puts a world on the real host. Nothing starts before `begin` is dispatched to the engine. */
export function plantTree(soil: Soil): Tree {
  const { store, ownId, world, samplingInterval, custom, log } = soil
  const clock = createClock()
  const spawner = createSpawner({ ownId, ...(log === undefined ? {} : { log }) })
  const promises = soil.promises ?? noPromises
  const ledger = openLedger({
    store,
    clock,
    spawner,
    promise: (process) => promises.promise(process),
    log: log ?? (() => undefined),
  })
  const ports = {
    clock,
    spawner,
    prober: createProber(custom === undefined ? {} : { custom }),
    recorder: {
      record(recording, change) {
        soil.prepare?.(change)
        ledger.record(recording, change)
      },
      flush: () => ledger.flush(),
      beforeSpawn: (process) => ledger.beforeSpawn(process),
      obeyed: () => soil.obeyed?.(clock.now()),
    } satisfies Recorder,
    dice: Math.random,
  }
  const news: Parameters<Engine['dispatch']>[0][] = []
  let dispatch: Engine['dispatch'] = (event) => void news.push(event)
  const engine = createEngine({ world: world(clock, spawner, (event) => dispatch(event)), ports })
  dispatch = (event) => engine.dispatch(event)
  if (soil.hear !== undefined) engine.subscribe(soil.hear)
  for (const event of news) dispatch(event)
  const calendar = openCalendar((process) => engine.dispatch({ tag: 'due', process }))
  calendar.follow(engine.world)
  engine.subscribe(({ after }) => calendar.follow(after))
  return {
    engine,
    clock,
    sampler: createSampler(samplingInterval === undefined ? {} : { interval: samplingInterval }),
    ledger,
    async [Symbol.asyncDispose]() {
      calendar[Symbol.dispose]()
      await engine[Symbol.asyncDispose]()
      ledger[Symbol.dispose]()
    },
  }
}

/** The tree of one plan, which is recorded in memory: for `up` and the library. */
export function plantPlan(
  plan: Plan,
  options: { readonly endsWhenDone: boolean } & Pick<Soil, 'custom' | 'log'>,
): Tree {
  const { endsWhenDone, ...rest } = options
  return plantTree({
    ...rest,
    store: createMemoryStore(),
    ownId: newOwnId(),
    world: (clock) => createWorld(plan.specs, worldSettings(plan, { endsWhenDone }), clock.now()),
  })
}

/** What holds for the whole world of a plan. */
export function worldSettings(
  { specs, settings }: Plan,
  { endsWhenDone }: { readonly endsWhenDone: boolean },
): WorldSettings {
  const { prologue, shutdownMax, groups } = settings
  // A file of nothing but specials waits for its signals.
  const ends = endsWhenDone && specs.some((spec) => spec.autostart)
  return { prologue, shutdownMax, endsWhenDone: ends, mayEnd: true, flap: null, groups }
}
