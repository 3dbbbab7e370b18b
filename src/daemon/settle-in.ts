import { findMarked } from '../system/find-marked.ts'
import { createHooks } from '../system/hooks/host.ts'
import { createDaemonic } from './administration/administration.ts'
import { declare, knownSpecs, type Desk } from './administration/desk.ts'
import type { Daemonic } from './control.ts'
import { forgetLogs } from './forget-logs.ts'
import { keepHooks } from './hooks/hooks.ts'
import type { House } from './house.ts'
import { importPmon3 } from './import-pmon3.ts'
import { narrate } from './narrate.ts'
import { endOrphans } from './orphans.ts'
import { keepPolicies, policiesOf, setPolicies } from './policies.ts'
import { daemonSettings, takeBack } from './take-back.ts'
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
export async function settleIn(house: House, { isReplacement }: { readonly isReplacement: boolean }): Promise<Settled> {
  const { store, ownId, configuration, log, obeyed, promises } = house
  const marked = findMarked(ownId)
  const warn = (message: string): void => log.write({ level: 'warn', process: null, message })
  const hooks = keepHooks({
    hooks: createHooks({ ownId, log: warn }),
    log,
    ledger: () => tree.ledger,
    settings: () => configuration.settings.hooks,
  })
  const tree = plantTree({
    store,
    ownId,
    samplingInterval: configuration.settings.processMonitorInterval,
    log: warn,
    world: (clock, spawner, dispatch) =>
      takeBack(store.found, {
        clock,
        spawner,
        dispatch,
        marked,
        isReplacement,
        obeyed: obeyed.found,
        promises,
        settings: { ...daemonSettings, ...policiesOf(configuration.settings, store.found.groups) },
        tell: (message) => log.write({ level: 'warn', process: null, message }),
      }),
    prepare: forgetLogs,
    hear(change) {
      narrate(log, change)
      hooks.hear(change)
    },
    obeyed: (now) => obeyed.note(now),
    promises,
  })
  if (!store.found.complete) await endOrphans(marked, tree.engine.world, log)
  const desk: Desk = { tree, configuration, env: process.env, cwd: process.cwd() }
  const alarms = importPmon3(house, desk)
  const loaded = await configuration.reload(knownSpecs(desk))
  const { processConfigFile: file } = configuration.settings
  if (loaded.ok && file !== null) keepPolicies(tree, { file, groups: configuration.groups })
  setPolicies(tree, configuration.settings)
  // Of what was declared and deleted since its start, a daemon in place of another knows.
  const declared = isReplacement ? [] : configuration.specs
  declare(
    desk,
    declared.map((spec) => ({ spec })),
    { verb: 'daemon', caller: null },
  )
  globalThis.crashPoint?.('start: declared')
  const daemonic = createDaemonic(desk)
  return {
    tree,
    desk,
    daemonic,
    alarms,
    async [Symbol.asyncDispose]() {
      await hooks[Symbol.asyncDispose]()
      await tree[Symbol.asyncDispose]()
    },
  }
}
