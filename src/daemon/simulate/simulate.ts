import { Cron } from 'croner'
import type { Plan, ProcessSpec } from '../../core/spec.ts'
import { createWorld } from '../../core/world.ts'
import { seededDice } from '../../lib/dice.ts'
import { nearMiss } from '../../lib/near-miss.ts'
import { failure, success, type Failure, type Result } from '../../lib/result.ts'
import type { Instant } from '../../lib/time.ts'
import type { Simulated, SimulateOrder } from '../../wire/simulate.ts'
import { createEngine, type Engine } from '../engine.ts'
import { loadFile } from '../read-plan.ts'
import { worldSettings } from '../tree.ts'
import { createAgenda, type Agenda } from './agenda.ts'
import { habitsOf, isCalled, namesIn } from './habits.ts'
import { createHost, type SimulatedHost } from './host.ts'
import { createProber } from './prober.ts'
import { createWatch, type Watch } from './watch.ts'

/**
 * Plays what the supervisor would do with a file, without starting anything: `coppice simulate FILE`. [SM1]
 * @returns `bad-config` with all problems, a line each; `unknown-process` for a name in the order that the file has not
 */
export async function simulate(order: SimulateOrder): Promise<Result<Simulated>> {
  const loaded = await loadFile(order.file, { nocheck: order.nocheck })
  if (!loaded.ok) return loaded
  const { plan, warnings } = loaded.value
  const unknown = unknownIn(order, plan.specs)
  if (unknown !== null) return { ok: false, failure: unknown }
  const played = await play(plan, order)
  return success({ ...played, warnings })
}

/** More turns than this at one instant are a world that runs in circles. */
const turnsAtOneInstant = 100_000

/** Plays an order on a plan. @throws where time stands still, which is a bug of the core */
export async function play(plan: Plan, order: SimulateOrder): Promise<Omit<Simulated, 'warnings'>> {
  const agenda = createAgenda(Date.now())
  const host = createHost(agenda, (spec) => habitsOf(spec, order))
  const prober = createProber(plan, agenda, (name) => host.isWell(name))
  const ports = {
    clock: agenda,
    spawner: host,
    prober,
    recorder: { record: () => undefined, flush: () => undefined, beforeSpawn: () => undefined },
    dice: seededDice(order.seed),
  }
  await using engine = createEngine({
    world: createWorld(plan.specs, worldSettings(plan, { endsWhenDone: true }), agenda.now()),
    ports,
  })
  const watch = createWatch()
  engine.subscribe((change) => watch.see(change))
  schedule({ plan, order, agenda, host, watch, engine })
  engine.dispatch({ tag: 'begin', by: { verb: 'start', user: null } })
  await runUntil(order.span, { agenda, engine, answered: () => prober.takeAnswered() })
  const { phase } = engine.world
  return {
    dialect: plan.dialect,
    span: agenda.now(),
    exit_code: phase.tag === 'over' ? phase.code : null,
    timeline: watch.timeline,
    summary: watch.summary(engine.world, agenda.now()),
  }
}

async function runUntil(
  end: Instant,
  { agenda, engine, answered }: { readonly agenda: Agenda; readonly engine: Engine; readonly answered: () => boolean },
): Promise<void> {
  let turns = 0
  let instant = agenda.now()
  while (agenda.next() <= end && engine.world.phase.tag !== 'over') {
    agenda.turn()
    if (answered()) await promisesKept()
    turns = agenda.now() === instant ? turns + 1 : 0
    instant = agenda.now()
    if (turns > turnsAtOneInstant) throw new Error(`time stands still at ${instant} ms`)
  }
  if (engine.world.phase.tag !== 'over') agenda.skipTo(end)
}

/** All promises that can be kept now have been kept when a new turn of the runtime's loop begins. */
function promisesKept(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

interface Stage {
  readonly plan: Plan
  readonly order: SimulateOrder
  readonly agenda: Agenda
  readonly host: SimulatedHost
  readonly watch: Watch
  readonly engine: Engine
}

/** What happens at an instant that the order, or a calendar, names. */
function schedule(stage: Stage): void {
  const { plan, order, agenda, host, watch } = stage
  const each = (word: string, act: (name: string) => void): void => {
    for (const spec of plan.specs) if (isCalled(spec, word)) act(spec.name)
  }
  for (const { name: word, at } of order.kills) {
    agenda.after(at, () => {
      each(word, (name) => {
        const met = host.end(name, { tag: 'signal', signal: 'SIGKILL' })
        watch.note(agenda.now(), name, met ? 'gets SIGKILL (--kill)' : 'would get SIGKILL (--kill), but does not run')
      })
    })
  }
  for (const { name: word, code, at } of order.exits) {
    agenda.after(at, () => {
      each(word, (name) => {
        const met = host.end(name, { tag: 'code', code })
        const text = met ? `ends with code ${code} (--exit)` : `would end with code ${code} (--exit), but does not run`
        watch.note(agenda.now(), name, text)
      })
    })
  }
  plan.specs.forEach((spec, index) => followCron(spec, index + 1, stage))
}

/** Ids are given from 1 in the order of the specs. */
function followCron(spec: ProcessSpec, id: number, stage: Stage): void {
  const { agenda, engine } = stage
  const { schedule: told } = spec.trigger
  if (told?.tag !== 'cron') return
  const next = new Cron(told.expression, told.timeZone === null ? {} : { timezone: told.timeZone }).nextRun(
    new Date(agenda.wall()),
  )
  if (next === null) return
  agenda.after(next.getTime() - agenda.wall(), () => {
    engine.dispatch({ tag: 'due', process: id })
    followCron(spec, id, stage)
  })
}

function unknownIn(order: SimulateOrder, specs: readonly ProcessSpec[]): Failure | null {
  const stranger = namesIn(order).find((word) => !specs.some((spec) => isCalled(spec, word)))
  if (stranger === undefined) return null
  const names = specs.flatMap(({ name, instanceOf }) => [name, ...(instanceOf === null ? [] : [instanceOf.name])])
  const near = nearMiss(stranger, names)
  const hint = near === null ? `It has ${[...new Set(names)].join(', ')}.` : `Did you mean "${near}"?`
  return failure('unknown-process', `${order.file} has no process "${stranger}".`, hint).failure
}
