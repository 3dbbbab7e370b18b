import type { Check } from '../../src/core/check.ts'
import type { Edge, Monitor, ProcessSpec, Readiness, Stop, Trigger } from '../../src/core/spec.ts'
import { createWorld, type World, type WorldSettings } from '../../src/core/world.ts'

/** What a test says of a process; the rest is as in our dialect. */
export type SpecSketch = Partial<Omit<ProcessSpec, 'edges' | 'stop' | 'trigger'>> & {
  /** The parent's edge is added to them. */
  readonly edges?: readonly Edge[]
  readonly stop?: Partial<Stop>
  readonly trigger?: Partial<Trigger>
}

/** A spec with the defaults of our dialect. A oneshot is not restarted. */
export function aSpec(sketch: SpecSketch = {}): ProcessSpec {
  const { name = 'web', parent = null, edges = [] } = sketch
  return {
    instanceOf: null,
    command: [`/bin/${name}`],
    cwd: '/',
    env: { inherit: true, set: new Map() },
    identity: { user: null, group: null, umask: null, nice: null },
    limits: new Map(),
    output: {
      stdout: { tag: 'inherit-stdout' },
      stderr: { tag: 'inherit-stderr' },
      access: null,
      timestamps: false,
      format: 'raw',
      maxSize: null,
      maxAge: null,
      keep: null,
    },
    ready: null,
    startTimeout: 60_000,
    monitors: [],
    restart: sketch.oneshot === true ? 'no' : 'always',
    endIsFailure: false,
    delay: { tag: 'backoff', initial: 100, factor: 2, max: 10_000, jitter: 0.1, resetAfter: 10_000 },
    restartPreventExitCodes: [],
    startLimit: null,
    onStartLimit: 'nothing',
    flapDetection: null,
    restartBudget: null,
    successExitCodes: [0],
    oneshot: false,
    autostart: true,
    prerun: [],
    prerunFailure: 'fail',
    significant: false,
    groups: [],
    hooks: [],
    declared: null,
    ...sketch,
    name,
    parent,
    edges: parent === null ? edges : [parentEdge(parent), ...edges],
    stop: { signal: 'SIGTERM', timeout: 10_000, mode: 'group', ...sketch.stop },
    trigger: { signal: null, schedule: null, shutdown: false, terminate: false, ...sketch.trigger },
  }
}

/** A oneshot that waits to be called. */
export function aTask(sketch: SpecSketch = {}): ProcessSpec {
  return aSpec({ oneshot: true, autostart: false, ...sketch })
}

/** `parent: X` is short for this. [TR3] */
export function parentEdge(to: string): Edge {
  return { to, condition: 'ready', onExit: 'restart' }
}

export function anEdge(to: string, edge: Partial<Edge> = {}): Edge {
  return { to, condition: 'ready', onExit: 'ignore', ...edge }
}

/** A check that a simulated program answers: `health` asks whether it is healthy, anything else whether it is ready. */
export function aCheck(id = 'ready', { timeout = 1000 }: { timeout?: number } = {}): Check {
  return { tag: 'probe', probe: { kind: 'custom', id, timeout } }
}

export function aReadiness(sketch: Partial<Extract<Readiness, { tag: 'check' }>> = {}): Readiness {
  return { tag: 'check', check: aCheck(), interval: 50, slowest: 1000, period: 10_000, ...sketch }
}

export function aNotification(sketch: Partial<Extract<Readiness, { tag: 'notify' }>> = {}): Readiness {
  return { tag: 'notify', via: 'socket', watchdog: null, ...sketch }
}

export function aMonitor(sketch: Partial<Monitor> = {}): Monitor {
  return { name: 'health', check: aCheck('health'), period: 10_000, ...sketch }
}

export function someSettings(sketch: Partial<WorldSettings> = {}): WorldSettings {
  const policies = { flap: null, groups: new Map() }
  return { prologue: [], shutdownMax: 75_000, endsWhenDone: false, mayEnd: true, ...policies, ...sketch }
}

/** A world in which nothing runs yet, by name; ids from 1 in this order. */
export function aWorld(sketches: Readonly<Record<string, SpecSketch>>, settings: Partial<WorldSettings> = {}): World {
  const specs = Object.entries(sketches).map(([name, sketch]) => aSpec({ name, ...sketch }))
  return createWorld(specs, someSettings(settings), 0)
}
