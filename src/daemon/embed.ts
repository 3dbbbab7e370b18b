import { explainState } from '../core/explain.ts'
import type { Check } from '../core/check.ts'
import type { Monitor, Plan, ProcessSpec, Readiness } from '../core/spec.ts'
import type { Status } from '../core/status.ts'
import { liveRun } from '../core/process.ts'
import type { CustomProbe } from '../system/probes/prober.ts'
import type { ProcessView, WhyLink } from '../wire/process.ts'
import type { Verb } from '../wire/routes.ts'
import { createControl } from './control.ts'
import { keepHooks } from './hooks/hooks.ts'
import { newOwnId } from './own-id.ts'
import { createHooks } from '../system/hooks/host.ts'
import type { Change } from '../store/recorder.ts'
import { plantPlan } from './tree.ts'

/** What happened to one process, as a program that embeds coppice hears it. */
export interface TreeEvent {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly process: string
  readonly from: Status
  readonly to: Status
  /** The run became ready by this event. */
  readonly becameReady: boolean
  readonly pid: number | null
  readonly run: number
  readonly restarts: number
  /** One sentence: why. */
  readonly reason: string
}

/** A running tree. Dispose it (`await using`) to end it: everything goes down, nothing is left behind. */
export interface RunningTree extends AsyncDisposable {
  /** All processes, as `coppice ls --json` shows them. */
  processes(): readonly ProcessView[]
  /** The chain of reasons of a process, newest last; empty for an unknown name. */
  why(name: string): readonly WhyLink[]
  /** Calls the listener for each event. @returns the function that ends the subscription */
  subscribe(listener: (event: TreeEvent) => void): () => void
  /**
   * Asks for a process (all instances of a shared name) to be started, stopped or restarted, and waits until that has
   * come true.
   * @returns `failed` when it could not
   * @throws when the name is unknown
   */
  act(verb: Verb, name: string): Promise<'done' | 'failed'>
  /** Ends everything in reverse order of the dependencies. @returns the exit code `coppice up` would end with */
  stop(): Promise<number>
  /** The exit code, when the run is over. */
  readonly ended: Promise<number>
}

/**
 * Starts a plan on this host: prologue, tree, monitors and specials. The embedding program keeps its own signals. It
 * begins once the caller has had its say: whoever subscribes at once hears of everything.
 */
export function startTree(plan: Plan, options: { readonly keepRunning?: boolean } = {}): RunningTree {
  const tree = plantPlan(plan, { endsWhenDone: options.keepRunning !== true, custom: customProbes })
  const { engine, clock } = tree
  const quiet = { write: () => undefined } // what came of them is in the journal
  const hooks = keepHooks({
    hooks: createHooks({ ownId: newOwnId(), log: quiet.write }),
    log: quiet,
    ledger: () => tree.ledger,
    settings: () => null,
  })
  engine.subscribe(hooks.hear)
  const supervisor = {
    version: '',
    pid: process.pid,
    mode: 'library',
    file: null,
    started_at: new Date(clock.wall()).toISOString(),
  }
  const control = createControl({ tree, supervisor: () => supervisor, daemonic: null })
  const stop = (): Promise<number> => {
    const ending = engine.world.phase.tag === 'ending' || engine.world.phase.tag === 'over'
    if (!ending) engine.dispatch({ tag: 'shutdown', by: { verb: 'stop', user: null }, force: false })
    return engine.ended
  }
  queueMicrotask(() => {
    if (engine.world.phase.tag === 'idle') engine.dispatch({ tag: 'begin', by: { verb: 'start', user: null } })
  })
  return {
    processes: () => control.list(),
    why: (name) => control.why(name),
    subscribe: (listener) => engine.subscribe((change) => tell(change, { wall: clock.wall(), listener })),
    async act(verb, name) {
      const names = control.resolve(name)
      if (!names.ok) throw new Error(names.failure.message)
      const acted = control.act({ verb, names: names.value, force: false, caller: null })
      if (!acted.ok) throw new Error(acted.failure.message)
      return control.settled({ verb, processes: control.marks(names.value), signal: new AbortController().signal })
    },
    stop,
    ended: engine.ended,
    async [Symbol.asyncDispose]() {
      await stop()
      await hooks[Symbol.asyncDispose]()
      await tree[Symbol.asyncDispose]()
    },
  }
}

function tell(
  { transitions, after }: Change,
  { wall, listener }: { wall: number; listener: (event: TreeEvent) => void },
): void {
  for (const { process, from, to, becameReady } of transitions) {
    if (from === null || to === null) continue // The processes of a tree are those of its plan.
    const { runs: run, restarts, spec, state } = process
    const reason = explainState(process, after.now)
    listener({
      at: wall,
      process: spec.name,
      from,
      to,
      becameReady,
      pid: liveRun(state)?.pid ?? null,
      run,
      restarts,
      reason,
    })
  }
}

const customProbes = new Map<string, CustomProbe>()

/**
 * A check of one's own: the function is asked like any probe, and may say yes or no, or give a verdict with words.
 * One that throws, or takes longer than `timeout` milliseconds, has failed.
 */
export function custom(probe: CustomProbe, { timeout = 1000 }: { readonly timeout?: number } = {}): Check {
  const id = `custom-${customProbes.size + 1}`
  customProbes.set(id, probe)
  return { tag: 'probe', probe: { kind: 'custom', id, timeout } }
}

/** The plan with one more monitor on a process. Periods in milliseconds. @throws when the name is unknown */
export function withMonitor(plan: Plan, name: string, monitor: Monitor): Plan {
  return changed(plan, name, (spec) => ({ ...spec, monitors: [...spec.monitors, monitor] }))
}

/** The plan with another readiness check on a process. @throws when the name is unknown */
export function withReadiness(plan: Plan, name: string, check: Check): Plan {
  const ready: Readiness = { tag: 'check', check, interval: 50, slowest: 1000, period: 10_000 }
  return changed(plan, name, (spec) => ({ ...spec, ready }))
}

function changed(plan: Plan, name: string, change: (spec: ProcessSpec) => ProcessSpec): Plan {
  const isMeant = (spec: ProcessSpec): boolean => spec.name === name || spec.instanceOf?.name === name
  if (!plan.specs.some(isMeant)) throw new Error(`no process is called ${name}`)
  return { ...plan, specs: plan.specs.map((spec) => (isMeant(spec) ? change(spec) : spec)) }
}
