import type { Actor } from '../core/reason.ts'
import type { Plan } from '../core/spec.ts'
import { createWorld } from '../core/world.ts'
import { bootId } from '../system/boot.ts'
import { takeBack } from './take-back.ts'
import { plantTree, worldSettings, type Soil, type Tree } from './tree.ts'
import type { UpHome } from './up-home.ts'

/**
 * The tree of an `up`. Where an earlier one of the same file has left something, that is taken back as the file has it
 * now: what is new in it is started, what it no longer has is stopped and forgotten, and the prologue, whose ports are
 * taken by now, is not asked again. [RN10] [RN13]
 */
export function plantUp(
  plan: Plan,
  home: UpHome,
  options: Pick<Soil, 'log' | 'hear'> & { isReplacement: boolean },
): Tree {
  const { isReplacement, ...rest } = options
  const { store, ownId, obeyed, promises, left } = home
  const settings = worldSettings(plan, { endsWhenDone: true })
  const soil = { ...rest, store, ownId, promises, obeyed: (now: number) => obeyed.note(now) }
  if (left === null)
    return recorded(plantTree({ ...soil, world: (clock) => createWorld(plan.specs, settings, clock.now()) }), home)
  const tree = plantTree({
    ...soil,
    world: (clock, spawner, dispatch) =>
      takeBack(left.stored, {
        clock,
        spawner,
        dispatch,
        isReplacement,
        marked: left.marked,
        obeyed: obeyed.found,
        promises,
        settings: { ...settings, prologue: [] },
      }),
  })
  declareAnew(tree, plan)
  return tree
}

/** Those that have not moved yet are to be known as well, by the same ids. */
function recorded(tree: Tree, { store }: UpHome): Tree {
  const { engine, clock } = tree
  const processes = [...engine.world.processes.values()].map((process) => ({
    process,
    bootId: bootId() ?? '',
    marker: null,
  }))
  const nothing = { removed: [], groups: [], removedGroups: [], journal: [] }
  store.commit({ at: clock.now(), wall: clock.wall(), processes, ...nothing })
  return tree
}

const by: Actor = { verb: 'up', user: null }
const forgetting: Actor = { verb: 'delete', user: null }

function declareAnew({ engine }: Tree, { specs }: Plan): void {
  engine.dispatch({ tag: 'declare', declarations: specs.map((spec) => ({ spec })), by })
  const names = new Set(specs.map((spec) => spec.name))
  for (const { id, spec } of engine.world.processes.values()) {
    if (!names.has(spec.name))
      engine.dispatch({ tag: 'process', process: id, event: { tag: 'delete', by: forgetting, force: false } })
  }
}
