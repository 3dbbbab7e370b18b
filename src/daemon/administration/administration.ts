import type { Administration, Answered, Order } from '../../api/control.ts'
import { changeEntry } from '../../config/change-entry.ts'
import { changesBetween } from '../../config/changes.ts'
import type { Declaration } from '../../core/events.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { named } from '../../core/world.ts'
import { success } from '../../lib/result.ts'
import { refused } from '../../wire/refusal.ts'
import type { Daemonic } from '../control.ts'
import { actorText } from '../journal.ts'
import { trespass } from '../rights.ts'
import { applyWith } from './apply.ts'
import { badConfig, declare, givenAt, knownSpecs, reload, type Desk } from './desk.ts'
import { execWith } from './exec.ts'
import { exportOf } from './export.ts'
import { graphOf } from './graph.ts'
import { createGroups } from './groups.ts'
import { initWith } from './init.ts'
import { reread, rereadChanged } from './reread.ts'

/** Everything that a daemon can and an `up` cannot. */
export function createDaemonic(desk: Desk): Daemonic {
  const { tree, configuration } = desk
  const iso = (at: number): string => new Date(tree.clock.wall() + at - tree.clock.now()).toISOString()
  const [exec, init, apply] = [execWith(desk), initWith(desk), applyWith(desk)]

  const administration: Administration = {
    refresh: () => rereadChanged(desk),
    exec,
    init,
    apply,
    async graph({ processConfigOnly }) {
      const loaded = await reload(desk)
      if (!loaded.ok) return badConfig(loaded.failure)
      const specs = loaded.value?.specs ?? []
      const inFile = new Set(specs.map(({ name }) => name))
      const others = [...knownSpecs(desk).values()].filter(({ name }) => !inFile.has(name))
      return success(graphOf(processConfigOnly ? specs : [...specs, ...others]))
    },
    export: () => [...tree.engine.world.processes.values()].map((process) => exportOf(process, iso)),
    config: () => configuration.view(),
    async reload(caller) {
      const loaded = await reread(desk, actorText({ verb: 'reload', user: caller?.user ?? null }))
      return loaded.ok ? success(configuration.view()) : badConfig(loaded.failure)
    },
    groups: createGroups(tree),
  }

  return {
    administration,
    declarable: () => configuration.specs.map(({ name }) => name).filter((name) => !tree.engine.world.ids.has(name)),
    prepare: (order) => prepare(desk, order),
  }
}

/** Before a start or restart: what only the process file has is declared, and what is to change is changed. [DM16] */
function prepare(desk: Desk, order: Order): Answered<null> {
  const { names, verb, caller, changes } = order
  const { world } = desk.tree.engine
  const isStart = verb === 'start' || verb === 'restart'
  const missing = names.filter((name) => named(world, name) === undefined)
  const [stranger] = missing
  if (!isStart && stranger !== undefined) {
    return refused(
      'unknown-process',
      `There is no process "${stranger}".`,
      `It stands in the process file: \`coppice start ${stranger}\` declares it.`,
    )
  }
  const fresh = desk.configuration.specs.filter(({ name }) => missing.includes(name))
  const changed = changes === undefined ? success(fresh) : changedSpecs(desk, order, { changes, fresh })
  if (!changed.ok) return changed
  const declarations: Declaration[] = changed.value.map((spec) => ({ spec }))
  declare(desk, declarations, { verb, caller })
  replaceWhatRuns(desk, order, changed.value, world)
  return success(null)
}

function changedSpecs(
  desk: Desk,
  { names, caller }: Order,
  { changes, fresh }: { changes: NonNullable<Order['changes']>; fresh: readonly ProcessSpec[] },
): Answered<readonly ProcessSpec[]> {
  const specs: ProcessSpec[] = []
  for (const name of names) {
    const present = named(desk.tree.engine.world, name)?.spec ?? fresh.find((spec) => spec.name === name)
    if (present === undefined) continue
    const read = changeEntry(present, changes.entry, givenAt(desk, changes.cwd))
    if (!read.ok) return badConfig(read.failure)
    const wrong = trespass(caller, [present, read.value.spec], { logs: desk.configuration.logs.directory })
    if (wrong !== null) return wrong
    specs.push(read.value.spec)
  }
  return success(specs)
}

/** A `start` leaves alone what runs, but not on an outdated declaration. */
function replaceWhatRuns(
  { tree: { engine } }: Desk,
  { verb, caller }: Order,
  changed: readonly ProcessSpec[],
  before: Desk['tree']['engine']['world'],
): void {
  if (verb !== 'start') return
  for (const spec of changed) {
    const then = named(before, spec.name)
    if (then === undefined || !changesBetween(then.spec, spec).restarts) continue
    const by = { verb, user: caller?.user ?? null }
    if ('run' in then.state)
      engine.dispatch({ tag: 'process', process: then.id, event: { tag: 'restart', by, force: false } })
  }
}
