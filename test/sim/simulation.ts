import type { ProcessSpec } from '../../src/core/spec.ts'
import type { WorldSettings } from '../../src/core/world.ts'
import { createEngine, type Engine } from '../../src/daemon/engine.ts'
import type { Instant, Millis } from '../../src/lib/time.ts'
import { VirtualClock } from './clock.ts'
import { SimHost, type Programs } from './host.ts'
import { SimProber, type Prologue } from './prober.ts'
import { SimRecorder } from './recorder.ts'

export interface SimulationInput {
  readonly specs: readonly ProcessSpec[]
  readonly settings: WorldSettings
  readonly programs: Programs
  readonly prologue?: Prologue
  readonly dice?: () => number
  /** How long the news of an exit takes. */
  readonly latency?: () => Millis
  /** Whether the test has seen enough. */
  readonly isOver?: () => boolean
  /** More turns than this at one instant are an engine that runs in circles. */
  readonly turnsAtOneInstant?: number
}

/** The real engine in a simulated world. */
export interface Simulation extends AsyncDisposable {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly host: SimHost
  readonly recorder: SimRecorder
  /** Lets time pass until `at`, with everything that happens in it, promises included. */
  readonly runUntil: (at: Instant) => Promise<void>
}

export function createSimulation(input: SimulationInput): Simulation {
  const { turnsAtOneInstant = 200_000, isOver = () => false } = input
  const clock = new VirtualClock()
  const host = new SimHost({ clock, ...input })
  const prober = new SimProber({ clock, host, ...input })
  const recorder = new SimRecorder()
  const ports = { clock, spawner: host, prober, recorder, dice: input.dice ?? (() => 0.5) }
  const engine = createEngine({ specs: input.specs, settings: input.settings, ports })

  async function runUntil(at: Instant): Promise<void> {
    let turns = 0
    let instant = clock.now()
    while (clock.next() <= at && !isOver()) {
      clock.turn()
      if (prober.takeAnswered()) await promisesKept()
      turns = clock.now() === instant ? turns + 1 : 0
      instant = clock.now()
      if (turns > turnsAtOneInstant) throw new Error(`time stands still at ${instant} ms`)
    }
    clock.skipTo(at)
  }

  return { engine, clock, host, recorder, runUntil, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
}

/** All promises that can be kept now have been kept when a new turn of the runtime's loop begins. */
function promisesKept(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
