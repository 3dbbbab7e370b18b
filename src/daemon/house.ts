import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { success, type Failure, type Result } from '../lib/result.ts'
import type { LogLevel } from '../core/spec.ts'
import { status } from '../core/status.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { takeLock } from '../system/lock.ts'
import { openManager, type Manager } from '../system/supervised.ts'
import { places, type Places } from '../wire/places.ts'
import { openConfiguration, type Configuration } from './configuration.ts'
import { keepDirectory } from './directories.ts'
import { openLog, type Log } from './log.ts'
import { newOwnId } from './tree.ts'

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
  /** What an operator should know of, a sentence each. */
  readonly alarms: readonly string[]
}

/**
 * Moves in: reads the configuration, makes the directories, takes the locks for life, opens log and store.
 * @returns `bad-config`, `no-directory`, `locked` where another daemon lives here, and what the store returns
 */
export async function openHouse(options: DaemonOptions): Promise<Result<House>> {
  const env = process.env
  const [uid, cwd] = [process.getuid?.() ?? 0, process.cwd()]
  const usual = places({ env, uid, cwd })
  if (!usual.ok) return usual
  const configuration = await openConfiguration({ places: usual.value, env, uid, cwd })
  if (!configuration.ok) return configuration
  return furnish(options, usual.value, configuration.value)
}

function furnish(options: DaemonOptions, home: Places, configuration: Configuration): Result<House> {
  const { settings } = configuration
  using stack = new DisposableStack()
  const made = makeDirectories(home, configuration)
  if (!made.ok) return made
  const { data } = settings
  for (const path of new Set([join(data.directory, 'lock'), join(home.runtime, 'lock')])) {
    const lock = takeLock(path)
    if (!lock.ok) return lock
    stack.use(lock.value)
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
  const own = keepOwnId(join(data.directory, 'id'))
  const kept = stack.move()
  return success({
    places: home,
    configuration,
    store: store.value,
    log: log.value,
    manager: openManager(),
    ownId: own,
    alarms: store.value.found.alarms.map(sentenceOf),
    async [Symbol.asyncDispose]() {
      kept[Symbol.dispose]()
    },
  })
}

/** Runtime files are passable for all where the socket is for a group; what is a user's own is that user's alone. */
function makeDirectories(home: Places, { settings }: Configuration): Result<null> {
  const { logs, data } = settings
  const isSystem = home.home === null && (process.getuid?.() ?? 0) === 0
  const runtime = keepDirectory(home.runtime, { user: null, group: null, directoryMode: isSystem ? 0o755 : 0o700 })
  if (!runtime.ok) return runtime
  const state = keepDirectory(data.directory, data)
  return state.ok ? keepDirectory(logs.directory, logs) : state
}

function keepOwnId(path: string): string {
  try {
    const known = readFileSync(path, 'utf8').trim()
    if (/^[0-9a-f]{16}$/.test(known)) return known
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const fresh = newOwnId()
  writeFileSync(path, `${fresh}\n`, { mode: 0o600 })
  return fresh
}

function sentenceOf({ message, hint }: Failure): string {
  return hint === undefined ? message : `${message} ${hint}`
}
