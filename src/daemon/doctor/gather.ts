import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { success, type Result } from '../../lib/result.ts'
import { inspect, type Inspection } from '../../store/sqlite/inspect.ts'
import { abilities } from '../../system/abilities.ts'
import { isErrno } from '../../system/errno.ts'
import { lockState } from '../../system/lock-holder.ts'
import { readCommand } from '../../system/procfs.ts'
import { places } from '../../wire/places.ts'
import { openConfiguration, type Configuration } from '../configuration.ts'
import { accessFacts } from './gather-access.ts'
import { diskFacts, serviceFact } from './gather-host.ts'
import { markedFacts, recordFacts } from './gather-runs.ts'
import { here } from '../here.ts'
import { socketFact } from './gather-socket.ts'
import type { ConfigurationFact, LockFact, Snapshot } from './snapshot.ts'

/** Looks at everything, and changes nothing. @returns what `places` returns */
export async function gather(): Promise<Result<Snapshot>> {
  const around = here()
  const { env, uid } = around
  const found = places(around)
  if (!found.ok) return found
  const home = found.value
  const opened = await openConfiguration({ places: home, ...around })
  const configuration = opened.ok ? opened.value : null
  const state = configuration?.settings.data.directory ?? home.state
  const logs = configuration?.settings.logs.directory ?? home.logs
  const locks = [...new Set([join(home.runtime, 'lock'), join(state, 'lock')])].map(lockFact)
  // The runs come before who knows them: what is recorded before it begins cannot be missed then.
  const marked = markedFacts(readOwnId(join(state, 'id')))
  const socket = await socketFact(home.socket)
  const store = inspect(state)
  return success({
    wall: Date.now(),
    uid,
    places: home,
    configuration: await configurationFact({
      configuration,
      problem: opened.ok ? null : opened.failure.message,
      store,
    }),
    locks,
    socket,
    store,
    access: accessFacts({ home, settings: configuration?.settings ?? null }),
    runs: { ...recordFacts({ socket, store, locks }), marked },
    host: await abilities(),
    service: serviceFact({ home, env, uid, locks }),
    disks: diskFacts({ state, logs }),
  })
}

function lockFact(path: string): LockFact {
  const state = lockState(path)
  return { path, state, command: state.tag === 'held' && state.pid !== null ? readCommand(state.pid) : null }
}

async function configurationFact(from: {
  readonly configuration: Configuration | null
  readonly problem: string | null
  readonly store: Inspection
}): Promise<ConfigurationFact> {
  const { configuration, problem, store } = from
  if (configuration === null) return { file: null, processFile: null, problem, processProblem: null, warnings: [] }
  const known = new Map((store.content?.processes ?? []).map(({ process: { spec } }) => [spec.name, spec]))
  const loaded = await configuration.reload(known)
  const { file, process_file, warnings } = configuration.view()
  const processProblem = loaded.ok ? null : loaded.failure.message
  return { file, processFile: process_file, problem: null, processProblem, warnings }
}

/** The name of this daemon in its markers; null: it has none yet, or it is not for us to read. */
function readOwnId(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES', 'ENOTDIR')) throw error
    return null
  }
}
