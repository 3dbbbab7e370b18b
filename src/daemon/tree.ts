import { randomBytes } from 'node:crypto'
import { createWorld, type World } from '../core/world.ts'
import type { Plan } from '../core/spec.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import { createClock } from '../system/clock.ts'
import type { Clock, Sampler, Spawner } from '../system/ports.ts'
import { createProber, type CustomProbes } from '../system/probes/prober.ts'
import { createSampler } from '../system/sampler.ts'
import { createSpawner } from '../system/spawner.ts'
import { openCalendar } from './calendar.ts'
import { createEngine, type Engine } from './engine.ts'
import { openLedger, type Ledger } from './ledger.ts'

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
}

/** Puts a world on the real host. Nothing starts before `begin` is dispatched to the engine. */
export function plantTree({ store, ownId, world, samplingInterval, custom, log }: Soil): Tree {
  const clock = createClock()
  const spawner = createSpawner({ ownId, ...(log === undefined ? {} : { log }) })
  const ledger = openLedger({ store, clock, spawner, log: log ?? (() => undefined) })
  const ports = {
    clock,
    spawner,
    prober: createProber(custom === undefined ? {} : { custom }),
    recorder: ledger,
    dice: Math.random,
  }
  const news: Parameters<Engine['dispatch']>[0][] = []
  let dispatch: Engine['dispatch'] = (event) => void news.push(event)
  const engine = createEngine({ world: world(clock, spawner, (event) => dispatch(event)), ports })
  dispatch = engine.dispatch
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
    },
  }
}

/** The tree of one plan, which is recorded in memory: for `up` and the library. */
export function plantPlan(
  plan: Plan,
  options: { readonly endsWhenDone: boolean } & Pick<Soil, 'custom' | 'log'>,
): Tree {
  const { endsWhenDone, ...rest } = options
  const { specs, settings } = plan
  const { prologue, shutdownMax } = settings
  // A file of nothing but specials waits for its signals.
  const ends = endsWhenDone && specs.some((spec) => spec.autostart)
  return plantTree({
    ...rest,
    store: createMemoryStore(),
    ownId: newOwnId(),
    world: (clock) => createWorld(specs, { prologue, shutdownMax, endsWhenDone: ends }, clock.now()),
  })
}

/** A name for a supervisor that nobody can guess. */
export function newOwnId(): string {
  return randomBytes(8).toString('hex')
}
