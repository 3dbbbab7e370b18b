import type { Event } from '../../src/core/events.ts'
import type { Process } from '../../src/core/process.ts'
import type { ProcessSpec } from '../../src/core/spec.ts'
import { step } from '../../src/core/step.ts'
import { createWorld, restoreWorld, type World, type WorldSettings } from '../../src/core/world.ts'
import { createEngine, type Engine } from '../../src/daemon/engine.ts'
import type { Instant, Millis } from '../../src/lib/time.ts'
import { VirtualClock } from './clock.ts'
import { SimHost, type Programs } from './host.ts'
import { SimProber, type Prologue } from './prober.ts'
import { SimRecorder } from './recorder.ts'
import { takeBack } from './restart.ts'

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
  /** The present one: another one after a `restart`. */
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly host: SimHost
  readonly recorder: SimRecorder
  /** Lets time pass until `at`, with everything that happens in it, promises included. */
  readonly runUntil: (at: Instant) => Promise<void>
  /** The supervisor falls, and after a while another one takes back what it had recorded. */
  readonly restart: (fall: Fall) => Promise<void>
}

/** How a supervisor falls and comes back. */
export interface Fall {
  /** How long nobody is there. */
  readonly away: Millis
  /** What it still recorded, without doing anything about it but, with `spawns`, its spawns. */
  readonly last?: { readonly event: Event; readonly spawns: boolean }
  /** Whether it hears what it learned of the runs before it begins. */
  readonly hearsFirst?: boolean
  /** What is seen of the new engine before anything happens in it. */
  readonly onEngine?: (engine: Engine) => void
}

export function createSimulation(input: SimulationInput): Simulation {
  const { turnsAtOneInstant = 200_000, isOver = () => false } = input
  const clock = new VirtualClock()
  const host = new SimHost({ clock, ...input })
  const prober = new SimProber({ clock, host, ...input })
  const recorder = new SimRecorder()
  const ports = { clock, spawner: host, prober, recorder, dice: input.dice ?? (() => 0.5) }
  let engine = engineOf(createWorld(input.specs, input.settings, clock.now()))

  function engineOf(world: World): Engine {
    const made = createEngine({ world, ports })
    made.subscribe(({ after }) => after.departed.forEach(({ id }) => host.forget(id)))
    return made
  }

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

  async function restart({ away, last, hearsFirst = false, onEngine }: Fall): Promise<void> {
    const stored = recorded(last)
    await engine[Symbol.asyncDispose]()
    host.forsake()
    await runUntil(clock.now() + away)
    const dispatch = (event: Event): void => engine.dispatch(event)
    const { processes, news } = takeBack(stored, { host, now: clock.now(), dispatch })
    engine = engineOf(restoreWorld(processes, input.settings, clock.now()))
    onEngine?.(engine)
    const begin: Event = { tag: 'begin', by: { verb: 'daemon', user: null } }
    for (const event of hearsFirst ? [...news, begin] : [begin, ...news]) engine.dispatch(event)
  }

  /** What the store has: all that was recorded. */
  function recorded(last: Fall['last']): Process[] {
    const { world } = engine
    if (last === undefined) return [...world.processes.values()]
    const [after, effects] = step(world, { at: clock.now(), dice: 0.5, event: last.event })
    for (const effect of last.spawns ? effects : []) {
      if (effect.tag === 'spawn') host.spawn({ ...effect, news: () => {} })
    }
    after.departed.forEach(({ id }) => host.forget(id))
    return [...after.processes.values()]
  }

  return {
    get engine() {
      return engine
    },
    clock,
    host,
    recorder,
    runUntil,
    restart,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

/** All promises that can be kept now have been kept when a new turn of the runtime's loop begins. */
function promisesKept(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
