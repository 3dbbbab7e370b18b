import { randomBytes } from 'node:crypto'
import type { Plan } from '../core/spec.ts'
import { createMemoryRecorder } from '../store/recorder.ts'
import { createClock } from '../system/clock.ts'
import type { Clock, Sampler } from '../system/ports.ts'
import { createProber, type CustomProbes } from '../system/probes/prober.ts'
import { createSampler } from '../system/sampler.ts'
import { createSpawner } from '../system/spawner.ts'
import { openCalendar } from './calendar.ts'
import { createEngine, type Engine } from './engine.ts'

/** An engine over the real host, with what others need of its ports. */
export interface Tree extends AsyncDisposable {
  readonly engine: Engine
  readonly clock: Clock
  readonly sampler: Sampler
}

export interface TreeOptions {
  readonly plan: Plan
  /** Whether the run is over when nothing runs or can run again. */
  readonly endsWhenDone: boolean
  /** Probe functions of a program that uses coppice as a library, by id. */
  readonly custom?: CustomProbes
  /** Told, in a sentence, of what is odd about the host. */
  readonly log?: (text: string) => void
}

/** How many inputs are kept for a bug report. */
const recordingLimit = 1000

/**
 * Puts a plan on the real host. Nothing starts before `begin` is dispatched to the engine.
 */
export function plantTree(input: TreeOptions): Tree {
  const { specs, settings } = input.plan
  const clock = createClock()
  const ports = {
    clock,
    spawner: createSpawner({
      ownId: randomBytes(8).toString('hex'),
      ...(input.log === undefined ? {} : { log: input.log }),
    }),
    prober: createProber(input.custom === undefined ? {} : { custom: input.custom }),
    recorder: createMemoryRecorder(recordingLimit),
    dice: Math.random,
  }
  const { prologue, shutdownMax } = settings
  // A file of nothing but specials waits for its signals.
  const endsWhenDone = input.endsWhenDone && specs.some((spec) => spec.autostart)
  const engine = createEngine({ specs, settings: { prologue, shutdownMax, endsWhenDone }, ports })
  const calendar = openCalendar(engine.world, (process) => engine.dispatch({ tag: 'due', process }))
  return {
    engine,
    clock,
    sampler: createSampler(),
    async [Symbol.asyncDispose]() {
      calendar[Symbol.dispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}
