import type { Administration, Begun, Caller } from '../../api/control.ts'
import type { Process } from '../../core/process.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { success } from '../../lib/result.ts'
import { recording } from '../recording.ts'
import { badConfig, declare, declareGroups, reload, tellAsked, type Desk } from './desk.ts'

/** Takes the process file over, and starts what it and the database have. What runs is left alone. [DM13] */
export function initWith(desk: Desk): Administration['init'] {
  return async (request, caller) => {
    const onlyFile = request.process_config_only === true
    const loaded = await reload(desk)
    if (!loaded.ok) return badConfig(loaded.failure)
    return recording(desk.tree.ledger, () => {
      const { groups, settings } = desk.configuration
      if (settings.processConfigFile !== null) declareGroups(desk, { file: settings.processConfigFile, groups })
      const names = takeOver(desk, { specs: loaded.value?.specs ?? [], onlyFile, caller })
      const begun: Begun = { verb: 'start', names: names.filter((name) => isStarted(desk, name)) }
      return success({ ...begun, warnings: desk.configuration.view().warnings })
    })
  }
}

/** @returns the names of all that is declared now, those of the file first */
function takeOver(
  desk: Desk,
  input: { readonly specs: readonly ProcessSpec[]; readonly onlyFile: boolean; readonly caller: Caller | null },
): readonly string[] {
  const { specs, onlyFile, caller } = input
  const { processes } = desk.tree.engine.world
  const inFile = new Set(specs.map(({ name }) => name))
  const others = onlyFile ? [] : [...processes.values()].filter((one) => isToStart(one, inFile))
  const declarations = [
    ...specs.map((spec) => ({ spec, ...(spec.autostart ? { want: 'up' as const } : {}) })),
    ...others.map(({ spec }) => ({ spec, want: 'up' as const })),
  ]
  tellAsked(
    desk,
    declarations.map(({ spec }) => [spec.name, null] as const),
    { verb: 'init', caller },
  )
  declare(desk, declarations, { verb: 'init', caller })
  startAtRest(
    desk,
    declarations.flatMap(({ spec, want }) => (want === 'up' ? [spec.name] : [])),
    caller?.user ?? null,
  )
  return declarations.map(({ spec }) => spec.name)
}

function isToStart({ spec }: Process, inFile: ReadonlySet<string>): boolean {
  return spec.autostart && !inFile.has(spec.name)
}

/** What is at rest although it is wanted, since it has failed for good or is completed, is tried again. */
function startAtRest({ tree: { engine } }: Desk, names: readonly string[], user: string | null): void {
  for (const { id, spec, state } of engine.world.processes.values()) {
    if (!names.includes(spec.name) || !(state.tag === 'failed' || state.tag === 'stopped')) continue
    engine.dispatch({ tag: 'process', process: id, event: { tag: 'start', by: { verb: 'init', user } } })
  }
}

/** What only a schedule, a signal or a prerun calls for is not waited for. */
function isStarted({ tree: { engine } }: Desk, name: string): boolean {
  const id = engine.world.ids.get(name)
  return id !== undefined && engine.world.processes.get(id)?.want.up === true
}
