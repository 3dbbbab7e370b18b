import { describeExit } from '../../src/core/exit.ts'
import type { Instant, Millis } from '../../src/lib/time.ts'
import type {
  AdoptOrder,
  AdoptOutcome,
  RunRef,
  SignalScope,
  Spawner,
  SpawnOrder,
  SpawnOutcome,
} from '../../src/system/ports.ts'
import type { SignalName } from '../../src/lib/signals.ts'
import type { VirtualClock } from './clock.ts'
import type { Habit } from './habit.ts'
import { SimRun } from './run.ts'

/** What the supervisor did to the host, or what happened there. */
export interface Happening {
  readonly at: Instant
  readonly name: string
  readonly run: number
  readonly what: string
}

/** Which habits the next run of a process has. */
export type Programs = (order: SpawnOrder) => Habit

/** A host that runs programs with habits, and counts what must never be. */
export class SimHost implements Spawner {
  readonly happenings: Happening[] = []
  /** What no spawner may be asked to do: two live runs of one process, a signal to what was never spawned. */
  readonly crimes: string[] = []
  private readonly clock: VirtualClock
  private readonly programs: Programs
  private readonly latency: () => Millis
  private readonly runs = new Map<string, SimRun>()
  private readonly lastRun = new Map<number, number>()
  private readonly latest = new Map<string, SimRun>()
  /** Which processes were declared anew: laws about what went before do not hold for them. */
  readonly redeclared = new Set<string>()
  /** Whether it is still known how a run ended that nobody watched. */
  tellsExits = true
  private pids = 100
  private isCalm = false

  constructor(input: { clock: VirtualClock; programs: Programs; latency?: () => Millis }) {
    this.clock = input.clock
    this.programs = input.programs
    this.latency = input.latency ?? (() => 0)
  }

  spawn(order: SpawnOrder): SpawnOutcome {
    const { ref, spec } = order
    const living = this.present(spec.name)?.living ?? []
    if (living.length > 0) this.crimes.push(`two live runs of ${spec.name}: ${ref.run} while the one before lives`)
    if (ref.run <= (this.lastRun.get(ref.process) ?? 0)) this.crimes.push(`${spec.name}: run ${ref.run} out of turn`)
    this.lastRun.set(ref.process, ref.run)
    const habit = this.isCalm ? (spec.oneshot ? { ends: calmEnd } : {}) : this.programs(order)
    if (habit.spawnFails !== undefined) {
      this.note(order, `cannot be spawned: ${habit.spawnFails}`)
      return { tag: 'spawn-failed', code: habit.spawnFails, text: `${habit.spawnFails}: ${spec.command?.[0]}` }
    }
    this.note(order, 'starts')
    const run = new SimRun({
      order,
      habit,
      clock: this.clock,
      pids: () => this.pids++,
      latency: this.latency,
      onExit: (exit) => this.note(order, describeExit(exit)),
    })
    this.runs.set(keyOf(ref), run)
    this.latest.set(spec.name, run)
    return { tag: 'spawned', pid: run.main.pid, startTime: this.clock.now() }
  }

  adopt(order: AdoptOrder): AdoptOutcome {
    const run = this.runs.get(keyOf(order.ref))
    const isIts = run !== undefined && run.main.pid === order.pid && this.markerFor(order.ref) === order.marker
    if (!isIts) {
      this.crimes.push(`${keyOf(order.ref)} is taken back, and is not there`)
      return { tag: 'ended', exit: { tag: 'unknown' }, left: 0 }
    }
    run.follow(order)
    if (run.main.isAlive) return { tag: 'adopted' }
    const exit = this.tellsExits && run.exit !== null ? run.exit : ({ tag: 'unknown' } as const)
    return { tag: 'ended', exit, left: run.living.length }
  }

  markerOf(ref: RunRef): string | null {
    return (this.runs.get(keyOf(ref))?.living.length ?? 0) > 0 ? this.markerFor(ref) : null
  }

  /** The supervisor is gone: nobody hears what happens. */
  forsake(): void {
    for (const run of this.runs.values()) run.forsake()
  }

  /** The process with this id has left: the next one with it counts its runs from 1. */
  forget(process: number): void {
    this.lastRun.delete(process)
  }

  signal(ref: RunRef, { signal, scope }: { readonly signal: SignalName; readonly scope: SignalScope }): void {
    const run = this.runs.get(keyOf(ref))
    if (run === undefined) return void this.crimes.push(`a signal to ${keyOf(ref)}, which was never spawned`)
    this.note(run.order, `gets ${signal}${scope === 'group' ? '' : ` (${scope})`}`)
    run.signal(signal, scope)
  }

  release(ref: RunRef): void {
    const run = this.runs.get(keyOf(ref))
    if (run === undefined) return void this.crimes.push(`release of ${keyOf(ref)}, which was never spawned`)
    this.note(run.order, 'is released')
    run.released = true
  }

  /** The latest run of a process, dead or alive. */
  present(name: string): SimRun | undefined {
    return this.latest.get(name)
  }

  run(ref: RunRef): SimRun | undefined {
    return this.runs.get(keyOf(ref))
  }

  /** The names of all processes of which something lives. */
  living(): string[] {
    return [...this.latest].filter(([, run]) => run.living.length > 0).map(([name]) => name)
  }

  /** From now on every program behaves, those that run included. */
  calmDown(): void {
    this.isCalm = true
    for (const run of this.latest.values()) run.calmDown()
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private markerFor({ process, run }: RunRef): string {
    return `simulated.${process}.${run}`
  }

  private note({ ref, spec }: SpawnOrder, what: string): void {
    this.happenings.push({ at: this.clock.now(), name: spec.name, run: ref.run, what })
  }
}

const calmEnd = { after: 20, exit: { tag: 'code', code: 0 } } as const

function keyOf({ process, run }: RunRef): string {
  return `${process}:${run}`
}
