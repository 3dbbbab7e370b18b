import type { Administration, Begun } from '../../api/control.ts'
import type { Process } from '../../core/process.ts'
import { success } from '../../lib/result.ts'
import { refused } from '../../wire/refusal.ts'
import { badConfig, declare, knownSpecs, type Desk } from './desk.ts'

/** Takes the process file over, and starts what it and the database have. What runs is left alone. [DM13] */
export function initWith(desk: Desk): Administration['init'] {
  return async (request, caller) => {
    const onlyFile = request.process_config_only === true
    const loaded = await desk.configuration.reload(knownSpecs(desk))
    if (!loaded.ok) return badConfig(loaded.failure)
    const { engine, ledger } = desk.tree
    const failed = ledger.check()
    if (failed !== null) return refused('store-failed', `Nothing was done: ${failed.message}.`, failed.hint)
    const specs = loaded.value?.specs ?? []
    const inFile = new Set(specs.map(({ name }) => name))
    const others = onlyFile ? [] : [...engine.world.processes.values()].filter((one) => isToStart(one, inFile))
    const declarations = [
      ...specs.map((spec) => ({ spec, ...(spec.autostart ? { want: 'up' as const } : {}) })),
      ...others.map(({ spec }) => ({ spec, want: 'up' as const })),
    ]
    declare(desk, declarations, { verb: 'init', caller })
    startAtRest(
      desk,
      declarations.flatMap(({ spec, want }) => (want === 'up' ? [spec.name] : [])),
      caller?.user ?? null,
    )
    const names = declarations.map(({ spec }) => spec.name)
    const begun: Begun = { verb: 'start', names: names.filter((name) => isStarted(desk, name)) }
    return success({ ...begun, warnings: desk.configuration.view().warnings })
  }
}

function isToStart({ spec }: Process, inFile: ReadonlySet<string>): boolean {
  return spec.autostart && !inFile.has(spec.name)
}

/** What is at rest although it is wanted, since it has failed for good or is completed, is tried again. */
function startAtRest({ tree: { engine } }: Desk, names: readonly string[], user: string | null): void {
  for (const { id, spec, state } of [...engine.world.processes.values()]) {
    if (!names.includes(spec.name) || !(state.tag === 'failed' || state.tag === 'stopped')) continue
    engine.dispatch({ tag: 'process', process: id, event: { tag: 'start', by: { verb: 'init', user } } })
  }
}

/** What only a schedule, a signal or a prerun calls for is not waited for. */
function isStarted({ tree: { engine } }: Desk, name: string): boolean {
  const id = engine.world.ids.get(name)
  return id !== undefined && engine.world.processes.get(id)?.want.up === true
}
