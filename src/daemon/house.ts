import { join } from 'node:path'
import { failure, success, type Failure, type Result } from '../lib/result.ts'
import type { LogLevel } from '../core/spec.ts'
import { status } from '../core/status.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { takeLock } from '../system/lock.ts'
import { openManager, type Manager } from '../system/supervised.ts'
import { places, type Places } from '../wire/places.ts'
import { openConfiguration, type Configuration } from './configuration.ts'
import { here } from './here.ts'
import { keepDirectory, runtimeMode } from './directories.ts'
import { openLog, type Log } from './log.ts'
import { openObeyed, type Obeyed } from './obeyed.ts'
import { openPromises, type Promises } from './promises.ts'
import { keepOwnId } from './own-id.ts'
import { lockName, type Past } from './replaced.ts'

/** How a daemon is started. */
export interface DaemonOptions {
  /** These win over the configuration. */
  readonly logFormat: 'text' | 'json' | null
  readonly logLevel: LogLevel | null
}

/** Everything a daemon has before it has processes: its places, its locks, its store, its log. */
export interface House extends AsyncDisposable {
  readonly places: Places
  readonly configuration: Configuration
  readonly store: Store
  readonly log: Log
  /** Who started us and wants to hear of us: systemd, or nobody. */
  readonly manager: Manager
  /** Names this daemon in the markers of its runs, for as long as its state lives. */
  readonly ownId: string
  readonly obeyed: Obeyed
  readonly promises: Promises
  /** Descriptors that are held for life, by name. */
  readonly held: ReadonlyMap<string, number>
  /** Why another program would not come up here in our place; null: nothing that one could know of. */
  obstacle(): Promise<Failure | null>
  /** What an operator should know of, a sentence each. */
  readonly alarms: readonly string[]
}

/**
 * Moves in: reads the configuration, makes the directories, takes the locks for life, opens log and store.
 * @returns `bad-config`, `no-directory`, `locked` where another daemon lives here, and what the store returns
 */
export async function openHouse(options: DaemonOptions, past: Past): Promise<Result<House>> {
  const around = here()
  const usual = places(around)
  if (!usual.ok) return usual
  const configuration = await openConfiguration({ places: usual.value, ...around })
  if (!configuration.ok) return configuration
  return furnish({ options, past, home: usual.value, configuration: configuration.value })
}

function furnish(input: {
  readonly options: DaemonOptions
  readonly past: Past
  readonly home: Places
  readonly configuration: Configuration
}): Result<House> {
  const { options, past, home, configuration } = input
  const { settings } = configuration
  const held = new Map<string, number>()
  using stack = new DisposableStack()
  const made = makeDirectories(home, configuration)
  if (!made.ok) return made
  const { data } = settings
  for (const path of new Set([join(data.directory, 'lock'), join(home.runtime, 'lock')])) {
    const lock = takeLock(path, past.take(lockName(path)))
    if (!lock.ok) return lock
    stack.use(lock.value)
    held.set(lockName(path), lock.value.descriptor)
    globalThis.crashPoint?.('start: locked')
  }
  const logger = { output: { tag: 'inherit-stderr' } as const, pidinfo: 'debug' as const }
  const level = options.logLevel ?? settings.logLevel
  const log = openLog({ ...logger, format: options.logFormat ?? 'text', level }, { names: [], wall: Date.now })
  if (!log.ok) return log
  stack.use(log.value)
  const store = openStore({
    directory: data.directory,
    mode: data.fileMode,
    now: Date.now,
    statusOf: status,
    onAlarm: ({ message }) => log.value.write({ level: 'error', process: null, message }),
  })
  if (!store.ok) return store
  stack.defer(() => store.value.close())
  globalThis.crashPoint?.('start: store opened')
  const own = keepOwnId(join(data.directory, 'id'))
  const obeyed = stack.use(openObeyed(join(data.directory, 'obeyed')))
  const promises = stack.use(openPromises(join(data.directory, 'promises')))
  const kept = stack.move()
  return success({
    places: home,
    configuration,
    store: store.value,
    log: log.value,
    manager: openManager(),
    ownId: own,
    obeyed,
    promises,
    held,
    async obstacle() {
      const next = await openConfiguration({ places: home, ...here() })
      if (!next.ok) return next.failure
      const { directory } = next.value.settings.data
      const hint = 'End the daemon, move the directory, and start it again.'
      return directory === data.directory ? null : failure('moved', `its state would be in ${directory}`, hint).failure
    },
    // That nothing can be written is for the ledger to say, for as long as it is so.
    alarms: store.value.found.alarms.filter(({ code }) => code !== 'store-failed').map(sentenceOf),
    async [Symbol.asyncDispose]() {
      kept[Symbol.dispose]()
    },
  })
}

function makeDirectories(home: Places, { settings }: Configuration): Result<null> {
  const { logs, data } = settings
  const runtime = keepDirectory(home.runtime, { user: null, group: null, directoryMode: runtimeMode(home) })
  if (!runtime.ok) return runtime
  const state = keepDirectory(data.directory, data)
  return state.ok ? keepDirectory(logs.directory, logs) : state
}

function sentenceOf({ message, hint }: Failure): string {
  return hint === undefined ? message : `${message} ${hint}`
}
