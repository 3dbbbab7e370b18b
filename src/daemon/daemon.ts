import packageJson from '../../package.json' with { type: 'json' }
import { success, type Result } from '../lib/result.ts'
import { letSignalsThrough } from '../system/replace.ts'
import { keepTrim } from '../system/trim.ts'
import type { Desk } from './administration/desk.ts'
import { reread } from './administration/reread.ts'
import { complain } from './complain.ts'
import { createControl } from './control.ts'
import { crash, endOnBugs } from './crash.ts'
import { ownGuard } from './guard.ts'
import { listenToSignals, type HostSignals } from './host-signals.ts'
import { openHouse, type DaemonOptions, type House } from './house.ts'
import { ownProgram } from './own-program.ts'
import { createReplacer, type Replaceable } from './replace.ts'
import { socketName, takePast, type Past } from './replaced.ts'
import { reportTo, statusLine } from './report.ts'
import { settleIn } from './settle-in.ts'
import { serveSocket } from './socket.ts'
import type { Tree } from './tree.ts'

/**
 * `coppice daemon`: supervises what its database and its process file have, until it is told to end.
 * @returns the exit code: 2 for a bad configuration, 1 where another daemon, the store or the socket is in the way; a
 *   bug of ours ends the program at once
 */
export async function daemon(options: DaemonOptions): Promise<number> {
  using past = takePast('daemon')
  using signals = listenToSignals()
  endOnBugs()
  const ended = await run(options, { past, signals }).catch(crash)
  if (ended.ok) return ended.value
  complain(ended.failure)
  return ended.failure.code === 'bad-config' ? 2 : 1
}

async function run(
  options: DaemonOptions,
  { past, signals }: { readonly past: Past; readonly signals: HostSignals },
): Promise<Result<number>> {
  const guard = ownGuard()
  const program = ownProgram()
  const opened = await openHouse(options, past)
  if (!opened.ok) return opened
  await using house = opened.value
  const { log, configuration, manager } = house
  const { bequest } = past
  await using settled = await settleIn(house, { isReplacement: bequest !== null })
  const { tree, desk, daemonic } = settled
  const alarms = (): readonly string[] => [
    ...house.alarms,
    ...settled.alarms,
    ...configuration.alarms,
    ...recordingAlarm(tree),
  ]
  const started_at = bequest?.startedAt ?? new Date(tree.clock.wall()).toISOString()
  const replaced = bequest === null ? 0 : bequest.replaced + 1
  let replaceable: Replaceable | null = null
  const control = createControl({
    tree,
    supervisor: () => ({
      version: packageJson.version,
      pid: process.pid,
      mode: 'daemon',
      file: configuration.settings.processConfigFile,
      started_at,
      replaced,
      alarms: alarms(),
    }),
    daemonic,
    replace: createReplacer(() => replaceable),
  })
  const { socket } = configuration.settings
  const served = await serveSocket(control, {
    path: house.places.socket,
    inherited: past.take(socketName),
    access: socket,
    log,
  })
  if (!served.ok) return served
  await using server = served.value
  tree.engine.dispatch({ tag: 'begin', by: { verb: 'daemon', user: null } })
  globalThis.crashPoint?.('start: begun')
  greet({ house, tree, guard, alarms: alarms() })
  manager.ready(statusLine(tree.engine.world))
  using _report = reportTo(manager, tree)
  using _trim = keepTrim()
  letSignalsThrough()
  past.answer({ version: packageJson.version, from: bequest?.version ?? '', pid: process.pid, executable: program[0] })
  replaceable = {
    tree,
    log,
    manager,
    server,
    program,
    args: process.argv.slice(2),
    held: house.held,
    obstacle: () => house.obstacle(),
    bequest: () => ({ mode: 'daemon', startedAt: started_at, replaced, memory: null }),
  }
  const left = leaveOnSignal({ house, tree, desk, signals })
  const code = await Promise.race([tree.engine.ended, left])
  manager.stopping()
  return success(code)
}

function greet(told: { house: House; tree: Tree; guard: number | null; alarms: readonly string[] }): void {
  const { house, tree, guard, alarms } = told
  const { log, places } = house
  const greeting = `coppice ${packageJson.version}: ${countOf(tree)}, control socket ${places.socket}`
  log.write({ level: 'info', process: null, message: greeting, fields: { pid: process.pid } })
  for (const alarm of alarms) {
    log.write({ level: 'error', process: null, message: alarm })
    tree.ledger.tell({ process: null, kind: 'supervisor', reason: alarm })
  }
  if (guard === null) return
  const message = `process ${guard} guards the daemon: it starts it again when it dies`
  log.write({ level: 'info', process: null, message, fields: { guard } })
}

/** SIGHUP reads the files again; what ends the daemon ends its processes, unless they are to go on without it. [DM5] [DM6] */
function leaveOnSignal(input: { house: House; tree: Tree; desk: Desk; signals: HostSignals }): Promise<number> {
  const { house, tree, desk, signals } = input
  const { promise, resolve } = Promise.withResolvers<number>()
  signals.hear((signal) => {
    if (signal === 'SIGHUP') return void readAgain(house, desk)
    const isEnding = signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGQUIT'
    if (!isEnding || house.configuration.settings.handleInterrupts) {
      if (isEnding) house.manager.stopping()
      return tree.engine.dispatch({ tag: 'host-signal', signal })
    }
    house.log.write({ level: 'info', process: null, message: `${signal}: ends without its processes, which go on` })
    tree.ledger.tell({
      process: null,
      kind: 'supervisor',
      reason: 'ends without its processes, which go on',
      by: signal,
    })
    resolve(0)
  })
  return promise
}

async function readAgain({ log, manager }: House, desk: Desk): Promise<void> {
  manager.reloading()
  const loaded = await reread(desk, 'SIGHUP')
  if (loaded.ok) log.write({ level: 'info', process: null, message: 'the configuration was read again' })
  else
    log.write({
      level: 'error',
      process: null,
      message: `the configuration stays as it was: ${loaded.failure.message}`,
    })
  manager.ready(statusLine(desk.tree.engine.world))
}

function recordingAlarm({ ledger }: Tree): readonly string[] {
  return ledger.alarm === null ? [] : [`the state is not recorded: ${ledger.alarm.message}`]
}

function countOf({ engine }: Tree): string {
  const { size } = engine.world.processes
  return `${size} ${size === 1 ? 'process' : 'processes'}`
}
