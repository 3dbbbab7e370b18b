import type { Event, ProcessEvent } from '../../src/core/events.ts'
import { liveRun, type Process } from '../../src/core/process.ts'
import { status, type Status } from '../../src/core/status.ts'
import { named, type WorldSettings } from '../../src/core/world.ts'
import type { SignalName } from '../../src/lib/signals.ts'
import type { Millis } from '../../src/lib/time.ts'
import { aSpec, someSettings, type SpecSketch } from './builders.ts'
import type { Habit } from './habit.ts'
import type { Prologue } from './prober.ts'
import { createSimulation, type Fall, type Simulation } from './simulation.ts'

/** A process of a test: what is declared of it, and the habits of its runs, one after the other; the last one stays. */
export type Actor = SpecSketch & { readonly program?: Habit | readonly Habit[] }

const by = { verb: 'test', user: null }

/** A tree of simulated processes under the real engine, by name. It has begun, unless told otherwise. */
export async function aTree(
  actors: Readonly<Record<string, Actor>>,
  settings: Partial<WorldSettings> & { prologueAnswers?: Prologue; dice?: () => number; begun?: boolean } = {},
): Promise<Tree> {
  const { prologueAnswers, dice, begun = true, ...rest } = settings
  const programs = new Map(Object.entries(actors).map(([name, { program }]) => [name, program]))
  const simulation = createSimulation({
    specs: Object.entries(actors).map(([name, { program: _program, ...sketch }]) => aSpec({ name, ...sketch })),
    settings: someSettings(rest),
    programs: ({ ref, spec }) => habitOf(programs.get(spec.name), ref.run),
    ...(prologueAnswers === undefined ? {} : { prologue: prologueAnswers }),
    ...(dice === undefined ? {} : { dice }),
  })
  const tree = new Tree(simulation, programs)
  if (begun) await tree.begin()
  return tree
}

function habitOf(program: Habit | readonly Habit[] | undefined, run: number): Habit {
  if (program === undefined) return {}
  if (!isList(program)) return program
  return program[run - 1] ?? program.at(-1) ?? {}
}

function isList(program: Habit | readonly Habit[]): program is readonly Habit[] {
  return Array.isArray(program)
}

/** What a test asks of a tree, and does to it. */
export class Tree implements AsyncDisposable {
  readonly simulation: Simulation
  /** The exit code, once the run of the supervisor is over. */
  code: number | null = null
  private told = 0
  private readonly programs: Map<string, Actor['program']>

  constructor(simulation: Simulation, programs: Map<string, Actor['program']>) {
    this.simulation = simulation
    this.programs = programs
    void simulation.engine.ended.then((code) => (this.code = code))
  }

  /** Declares processes anew, or for the first time, by name. A program that is given is that of their runs to come. */
  declare(actors: Readonly<Record<string, Actor & { want?: 'up' | 'down' }>>): Promise<void> {
    const declarations = Object.entries(actors).map(([name, { want, program, ...sketch }]) => {
      if (program !== undefined) this.programs.set(name, program)
      return { spec: aSpec({ name, ...sketch }), ...(want === undefined ? {} : { want }) }
    })
    return this.tell({ tag: 'declare', declarations, by })
  }

  delete(name: string, { force = false } = {}): Promise<void> {
    return this.command(name, { tag: 'delete', by, force })
  }

  /** The supervisor is killed, and another one takes over. */
  async falls(fall: Partial<Fall> = {}): Promise<void> {
    await this.simulation.restart({ away: 0, ...fall })
    void this.simulation.engine.ended.then((code) => (this.code = code))
    await this.passes(0)
  }

  begin(): Promise<void> {
    return this.tell({ tag: 'begin', by })
  }

  start(name: string): Promise<void> {
    return this.command(name, { tag: 'start', by })
  }

  stop(name: string, { force = false } = {}): Promise<void> {
    return this.command(name, { tag: 'stop', by, force })
  }

  restart(name: string, { force = false } = {}): Promise<void> {
    return this.command(name, { tag: 'restart', by, force })
  }

  /** A signal to the supervisor. */
  signal(signal: SignalName): Promise<void> {
    return this.tell({ tag: 'host-signal', signal })
  }

  /** Tells the core anything, and lets happen what happens at this instant. */
  tell(event: Event): Promise<void> {
    this.simulation.engine.dispatch(event)
    return this.passes(0)
  }

  command(name: string, event: ProcessEvent): Promise<void> {
    return this.tell({ tag: 'process', process: this.process(name).id, event })
  }

  /** Lets time pass. */
  async passes(span: Millis): Promise<void> {
    await this.simulation.runUntil(this.now + span)
    await Promise.resolve()
  }

  get now(): number {
    return this.simulation.clock.now()
  }

  process(name: string): Process {
    const process = named(this.simulation.engine.world, name)
    if (process === undefined) throw new Error(`no process ${name}`)
    return process
  }

  status(name: string): Status {
    return status(this.process(name))
  }

  statuses(): Record<string, Status> {
    const processes = [...this.simulation.engine.world.processes.values()]
    return Object.fromEntries(processes.map((process) => [process.spec.name, status(process)]))
  }

  isReady(name: string): boolean {
    const { state } = this.process(name)
    return state.tag === 'running' && state.isReady
  }

  pid(name: string): number | null {
    return liveRun(this.process(name).state)?.pid ?? null
  }

  /** Why a process is as it is: the tags of its chain of reasons, newest first. */
  why(name: string): string[] {
    const tags: string[] = []
    for (let reason = this.process(name).state.reason; ;) {
      tags.push(reason.tag)
      if (reason.because === undefined) return tags
      reason = reason.because
    }
  }

  /** What happened on the host since this was last asked: `100 web starts`. */
  news(): string[] {
    const { happenings } = this.simulation.host
    const news = happenings.slice(this.told).map(({ at, name, what }) => `${at} ${name} ${what}`)
    this.told = happenings.length
    return news
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.simulation[Symbol.asyncDispose]() as Promise<void>
  }
}
