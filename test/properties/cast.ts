import type { Check } from '../../src/core/check.ts'
import type { Declaration } from '../../src/core/events.ts'
import type { Edge, ProcessSpec, Readiness } from '../../src/core/spec.ts'
import type { Policies, WorldSettings } from '../../src/core/world.ts'
import { aCheck, aMonitor, aNotification, aReadiness, aSpec } from '../sim/builders.ts'
import type { ActorPlan, PoliciesPlan, Redeclaration, Scenario } from './scenario.ts'

/** The specs of a scenario. The name of the nth actor is `pn`. */
export function specsOf(scenario: Scenario): ProcessSpec[] {
  const { actors, reversed } = scenario
  const specs = actors.flatMap((plan, index) => (plan.late ? [] : [sane(specOf(plan, index, actors), scenario)]))
  return reversed ? specs.reverse() : specs
}

/** What is declared of actors when a scenario is under way. */
export function declarationsOf(scenario: Scenario, plans: readonly Redeclaration[]): Declaration[] {
  const { actors } = scenario
  return plans.map(({ who, plan, want }) => {
    const index = who % actors.length
    const spec = sane(specOf(plan ?? actors[index]!, index, actors), scenario)
    return { spec, ...(want === null ? {} : { want }) }
  })
}

/** Who stands on a prerun goes down whenever somebody starts: two that stand on each other's preruns never come to rest. */
function sane(spec: ProcessSpec, { actors, deeds }: Scenario): ProcessSpec {
  const later = deeds.flatMap((deed) => (deed.tag === 'declare' ? deed.plans : []))
  const all = [...actors.entries(), ...later.map(({ who, plan }) => [who % actors.length, plan] as const)]
  const preruns = new Set(all.flatMap(([index, plan]) => (plan === null ? [] : prerunsOf(plan, index, actors))))
  return { ...spec, edges: spec.edges.map((edge) => (preruns.has(edge.to) ? { ...edge, onExit: 'ignore' } : edge)) }
}

export function settingsOf({ prologue, shutdownMax, endsWhenDone, mayEnd, policies }: Scenario): WorldSettings {
  return {
    prologue: prologue.map(({ retries }, index) => {
      const asked = aCheck(`prologue-${index}`)
      return aMonitor({
        name: `check ${index}`,
        check: retries === 0 ? asked : { tag: 'retries', retries, of: asked },
        period: 200,
      })
    }),
    shutdownMax,
    endsWhenDone,
    mayEnd,
    ...policiesOf(policies),
  }
}

export function policiesOf({ flap, groups }: PoliciesPlan): Policies {
  return { flap, groups: new Map(groups.map((policy, index) => [`g${index}`, policy])) }
}

export function nameOf(index: number): string {
  return `p${index}`
}

function specOf(plan: ActorPlan, index: number, actors: readonly ActorPlan[]): ProcessSpec {
  const oneshot = plan.kind !== 'service'
  const { delay } = plan
  const edges = edgesOf(plan, index)
  const parent = edges.find(({ condition, onExit }) => condition === 'ready' && onExit === 'restart')
  const isEndless = plan.restart === 'always' || plan.restart === 'on-success'
  return aSpec({
    name: nameOf(index),
    parent: parent?.to ?? null,
    edges: edges.filter((edge) => edge !== parent),
    // A oneshot that is restarted after its success is never done.
    restart: oneshot && isEndless ? 'on-failure' : plan.restart,
    restartPreventExitCodes: plan.prevented,
    onStartLimit: plan.onStartLimit,
    flapDetection: plan.flap,
    restartBudget: plan.budget,
    groups: plan.groups.map((group) => `g${group}`),
    endIsFailure: plan.endIsFailure,
    delay: delay === 'procmon' ? { tag: 'procmon', rest: 2000 } : { tag: 'backoff', factor: 2, jitter: 0.1, ...delay },
    startLimit: plan.startLimit,
    ready: readinessOf(plan),
    startTimeout: plan.startTimeout,
    monitors: plan.monitors.map(({ period, forgives }, slot) => {
      return aMonitor({ name: `monitor ${slot}`, check: forgiving(forgives), period })
    }),
    stop: { timeout: plan.stopTimeout, mode: plan.stopMode },
    oneshot,
    autostart: plan.kind === 'task' ? false : plan.autostart,
    prerun: prerunsOf(plan, index, actors),
    prerunFailure: plan.prerunFailure,
    significant: plan.significant && plan.kind === 'service',
    ...(plan.kind === 'place' ? { command: null } : {}),
    ...(oneshot && plan.trigger !== null ? { trigger: triggerOf(plan.trigger) } : {}),
  })
}

function edgesOf({ edges, wild }: ActorPlan, index: number): Edge[] {
  if (wild) return edges.map((edge) => ({ ...edge, to: nameOf(edge.to) }))
  return index === 0 ? [] : edges.map((edge) => ({ ...edge, to: nameOf(edge.to % index) }))
}

function prerunsOf({ prerun }: ActorPlan, index: number, actors: readonly ActorPlan[]): string[] {
  const tasks = actors.slice(0, index).flatMap(({ kind }, at) => (kind === 'service' ? [] : [nameOf(at)]))
  return tasks.length === 0 ? [] : prerun.map((to) => tasks[to % tasks.length]!)
}

function triggerOf({ signal, every, shutdown, terminate }: NonNullable<ActorPlan['trigger']>) {
  const schedule = every === null ? null : ({ tag: 'every', period: every } as const)
  return { signal, schedule, shutdown, terminate }
}

function readinessOf({ ready, startTimeout }: ActorPlan): Readiness | null {
  switch (ready) {
    case 'check':
      return aReadiness({ period: 400, slowest: 200 })
    case 'once':
      return aReadiness({ period: null, slowest: 50 })
    case 'notify':
      return aNotification()
    case 'elapsed':
      return { tag: 'elapsed', after: startTimeout / 10 }
    case 'watched':
      return aNotification({ watchdog: 500 })
    case null:
      return null
  }
}

function forgiving(forgives: 'nothing' | 'retries' | 'bucket'): Check {
  const health = aCheck('health', { timeout: 100 })
  switch (forgives) {
    case 'nothing':
      return health
    case 'retries':
      return { tag: 'retries', retries: 2, of: health }
    case 'bucket':
      return { tag: 'bucket', capacity: 2, leak: 1000, of: health }
  }
}
