import packageJson from '../../package.json' with { type: 'json' }
import { success, type Result } from '../lib/result.ts'
import { repeat } from '../system/repeat.ts'
import { keepTrim } from '../system/trim.ts'
import { knownSpecs, type Desk } from './administration/desk.ts'
import { createControl } from './control.ts'
import { forgetLogs } from './forget-logs.ts'
import { listenToSignals, type HostSignals } from './host-signals.ts'
import { openHouse, type DaemonOptions, type House } from './house.ts'
import { narrate } from './narrate.ts'
import { settleIn } from './settle-in.ts'
import { serveSocket } from './socket.ts'
import type { Tree } from './tree.ts'

/**
 * `coppice daemon`: supervises what its database and its process file have, until it is told to end.
 * @returns the exit code: 2 for a bad configuration, 1 where another daemon, the store or the socket is in the way
 */
export async function daemon(options: DaemonOptions): Promise<number> {
  using signals = listenToSignals()
  const ended = await run(options, signals)
  if (ended.ok) return ended.value
  const { code, message, hint } = ended.failure
  process.stderr.write(`coppice: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`)
  return code === 'bad-config' ? 2 : 1
}

async function run(options: DaemonOptions, signals: HostSignals): Promise<Result<number>> {
  const opened = await openHouse(options)
  if (!opened.ok) return opened
  await using house = opened.value
  const { log, configuration, manager } = house
  await using settled = await settleIn(house)
  const { tree, desk, daemonic } = settled
  const alarms = (): readonly string[] => [
    ...house.alarms,
    ...settled.alarms,
    ...configuration.alarms,
    ...recordingAlarm(tree),
  ]
  const started_at = new Date(tree.clock.wall()).toISOString()
  const control = createControl({
    tree,
    supervisor: () => ({
      version: packageJson.version,
      pid: process.pid,
      mode: 'daemon',
      file: configuration.settings.processConfigFile,
      started_at,
      alarms: alarms(),
    }),
    daemonic,
  })
  const { socket } = configuration.settings
  const served = await serveSocket(control, { path: house.places.socket, access: socket, log })
  if (!served.ok) return served
  await using _socket = served.value
  tree.engine.subscribe((change) => narrate(log, change))
  using _logs = forgetLogs(tree.engine)
  tree.engine.dispatch({ tag: 'begin', by: { verb: 'daemon', user: null } })
  const greeting = `${countOf(tree)}, control socket ${house.places.socket}`
  log.write({
    level: 'info',
    process: null,
    message: `coppice ${packageJson.version}: ${greeting}`,
    fields: { pid: process.pid },
  })
  for (const alarm of alarms()) log.write({ level: 'error', process: null, message: alarm })
  manager.ready(greeting)
  using _watchdog = manager.watchdogPeriod === null ? null : repeat(manager.watchdogPeriod, () => manager.alive())
  using _trim = keepTrim()
  const left = leaveOnSignal({ house, tree, desk, signals })
  const code = await Promise.race([tree.engine.ended, left])
  manager.stopping()
  return success(code)
}

/** SIGHUP reads the files again; what ends the daemon ends its processes, unless they are to go on without it. [DM5] [DM6] */
function leaveOnSignal(input: { house: House; tree: Tree; desk: Desk; signals: HostSignals }): Promise<number> {
  const { house, tree, desk, signals } = input
  const { promise, resolve } = Promise.withResolvers<number>()
  signals.hear((signal) => {
    if (signal === 'SIGHUP') return void reload(house, desk)
    const isEnding = signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGQUIT'
    if (!isEnding || house.configuration.settings.handleInterrupts) {
      if (isEnding) house.manager.stopping()
      return tree.engine.dispatch({ tag: 'host-signal', signal })
    }
    house.log.write({ level: 'info', process: null, message: `${signal}: ends without its processes, which go on` })
    resolve(0)
  })
  return promise
}

async function reload({ log, configuration, manager }: House, desk: Desk): Promise<void> {
  manager.reloading()
  const loaded = await configuration.reload(knownSpecs(desk))
  if (loaded.ok) log.write({ level: 'info', process: null, message: 'the configuration was read again' })
  else
    log.write({
      level: 'error',
      process: null,
      message: `the configuration stays as it was: ${loaded.failure.message}`,
    })
  manager.ready(countOf(desk.tree))
}

function recordingAlarm({ ledger }: Tree): readonly string[] {
  return ledger.alarm === null ? [] : [`the state is not recorded: ${ledger.alarm.message}`]
}

function countOf({ engine }: Tree): string {
  const { size } = engine.world.processes
  return `${size} ${size === 1 ? 'process' : 'processes'}`
}
