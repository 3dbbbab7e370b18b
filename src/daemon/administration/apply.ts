import type { Administration, Applied, Begun } from '../../api/control.ts'
import { changesBetween } from '../../config/changes.ts'
import { isAlive } from '../../core/process.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { named } from '../../core/world.ts'
import { success } from '../../lib/result.ts'
import type { ApplyPlan, ApplyRequest, Changed } from '../../wire/declare.ts'
import { readProcesses } from '../configuration.ts'
import { recording } from '../recording.ts'
import { trespass } from '../rights.ts'
import { badConfig, declare, declareGroups, knownSpecs, tellAsked, type Desk } from './desk.ts'

/** Makes the processes of a file what it says, and touches nothing else. [DM14] [DM15] */
export function applyWith(desk: Desk): Administration['apply'] {
  return async (request, caller) => {
    const present = knownSpecs(desk)
    const loaded = await readFor(desk, request, present)
    if (!loaded.ok) return badConfig(loaded.failure)
    const { specs } = loaded.value.plan
    const { warnings } = loaded.value
    const plan = planFor(specs, present, request.path)
    if (request.dry_run === true) return success({ plan, warnings, begun: [] })
    const touched = specs.filter(({ name }) => !plan.unchanged.includes(name))
    const wrong = trespass(caller, touched, { logs: desk.configuration.logs.directory })
    if (wrong !== null) return wrong
    return recording(desk.tree.ledger, () => {
      declareGroups(desk, { file: request.path, groups: loaded.value.plan.settings.groups })
      return success<Applied>({ plan, warnings, begun: carryOut(desk, { plan, touched, caller }) })
    })
  }
}

function readFor(desk: Desk, { path, text, cwd }: ApplyRequest, present: ReadonlyMap<string, ProcessSpec>) {
  const { settings, logs } = desk.configuration
  const known = new Map([...present].filter(([, spec]) => spec.declared?.file !== path))
  const { env } = desk
  return readProcesses({ file: path, text, env, cwd, known, logs, dependentWait: settings.dependentProcessEnqueued })
}

function planFor(specs: readonly ProcessSpec[], present: ReadonlyMap<string, ProcessSpec>, file: string): ApplyPlan {
  const declared = new Set(specs.map(({ name }) => name))
  const changed: Changed[] = []
  const unchanged: string[] = []
  for (const spec of specs) {
    const before = present.get(spec.name)
    if (before === undefined) continue
    const { fields, restarts } = changesBetween(before, spec)
    const isOurs = before.declared?.file === file
    if (fields.length > 0 || !isOurs) changed.push({ name: spec.name, fields, restarts })
    else unchanged.push(spec.name)
  }
  const ours = [...present.values()].filter((spec) => spec.declared?.file === file)
  return {
    added: specs.map(({ name }) => name).filter((name) => !present.has(name)),
    changed,
    removed: ours.map(({ name }) => name).filter((name) => !declared.has(name)),
    unchanged,
  }
}

function touchedBy({ added, changed, removed }: ApplyPlan): readonly (readonly [string, string])[] {
  return [
    ...removed.map((name) => [name, 'removed'] as const),
    ...added.map((name) => [name, 'added'] as const),
    ...changed.map(({ name, fields }) => {
      const what = fields.map(({ field }) => field).join(', ')
      return [name, what === '' ? 'taken over' : `changed: ${what}`] as const
    }),
  ]
}

/** Those that go make room first; those that stay down are changed, and stay down. */
function carryOut(
  desk: Desk,
  {
    plan,
    touched,
    caller,
  }: { plan: ApplyPlan; touched: readonly ProcessSpec[]; caller: Parameters<typeof declare>[2]['caller'] },
): Begun[] {
  const { engine } = desk.tree
  const by = { verb: 'apply', user: caller?.user ?? null }
  const send = (name: string, verb: 'restart' | 'delete'): void => {
    const id = engine.world.ids.get(name)
    if (id !== undefined) engine.dispatch({ tag: 'process', process: id, event: { tag: verb, by, force: false } })
  }
  tellAsked(desk, touchedBy(plan), { verb: 'apply', caller })
  for (const name of plan.removed) send(name, 'delete')
  declare(
    desk,
    touched.map((spec) => ({ spec })),
    { verb: 'apply', caller },
  )
  const replaced = plan.changed.flatMap(({ name, restarts }) => {
    const process = named(engine.world, name)
    return restarts && process !== undefined && (isAlive(process.state) || process.want.up) ? [name] : []
  })
  for (const name of replaced) send(name, 'restart')
  const started = plan.added.filter((name) => named(engine.world, name)?.want.up === true)
  return [
    { verb: 'delete' as const, names: plan.removed },
    { verb: 'start' as const, names: started },
    { verb: 'restart' as const, names: replaced },
  ].filter(({ names }) => names.length > 0)
}
