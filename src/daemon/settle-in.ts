import { createDaemonic } from './administration/administration.ts'
import { declare, knownSpecs, type Desk } from './administration/desk.ts'
import type { Daemonic } from './control.ts'
import type { House } from './house.ts'
import { importPmon3 } from './import-pmon3.ts'
import { takeBack } from './take-back.ts'
import { plantTree, type Tree } from './tree.ts'

/** A daemon that has taken its processes back and starts none before `begin`. */
export interface Settled extends AsyncDisposable {
  readonly tree: Tree
  readonly desk: Desk
  readonly daemonic: Daemonic
  /** What an operator should know of, a sentence each. */
  readonly alarms: readonly string[]
}

/**
 * Takes back what the daemon before has left, takes over pmon3's database where there is one, and declares what the
 * process file has. A process file with problems is an alarm, and what the database has goes on. [DM4] [DM8] [DM19]
 */
export async function settleIn(house: House): Promise<Settled> {
  const { store, ownId, configuration, log } = house
  const tree = plantTree({
    store,
    ownId,
    samplingInterval: configuration.settings.processMonitorInterval,
    log: (message) => log.write({ level: 'warn', process: null, message }),
    world: (clock, spawner, dispatch) => takeBack(store.found.processes, { ownId, clock, spawner, dispatch }),
  })
  const desk: Desk = { tree, configuration, env: process.env, cwd: process.cwd() }
  const alarms = importPmon3(house, desk)
  await configuration.reload(knownSpecs(desk))
  declare(
    desk,
    configuration.specs.map((spec) => ({ spec })),
    { verb: 'daemon', caller: null },
  )
  const daemonic = createDaemonic(desk)
  return { tree, desk, daemonic, alarms, [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose]() }
}
