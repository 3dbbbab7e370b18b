import { resolve } from 'node:path'
import type { Control } from '../api/control.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { liveRun } from '../core/process.ts'
import type { Logger, LogLevel, Plan } from '../core/spec.ts'
import { success, type Failure, type Result } from '../lib/result.ts'
import { listenToSignals, type HostSignals } from './host-signals.ts'
import { openLog, type Log } from './log.ts'
import { narrate } from './narrate.ts'
import { readPlan } from './read-plan.ts'
import { createControl } from './control.ts'
import { openSocket } from './socket.ts'
import { plantPlan, type Tree } from './tree.ts'
import { repeat } from '../system/repeat.ts'
import { places } from '../wire/places.ts'

export interface UpOptions {
  readonly file: string
  readonly nocheck: boolean
  /** The path of the control socket; null: where this file's socket belongs. */
  readonly socket: string | null
  /** These win over the file's own. */
  readonly logFormat: 'text' | 'json' | null
  readonly logLevel: LogLevel | null
}

/** How often the pids of the tree are logged (procmon 7). */
const pidinfoPeriod = 15_000

/**
 * `coppice up FILE`: runs the tree of one file in the foreground until it is over.
 * @returns the exit code: 2 for a file with problems, 1 where the control socket or the log cannot be had
 */
export async function up(options: UpOptions): Promise<number> {
  using signals = listenToSignals()
  const plan = await readPlan(options.file, { nocheck: options.nocheck })
  if (!plan.ok) {
    process.stderr.write(`${plan.failure.message}\n`)
    return 2
  }
  const ended = await run(plan.value, { options, signals })
  if (ended.ok) return ended.value
  const { message, hint } = ended.failure
  process.stderr.write(`coppice: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`)
  return 1
}

async function run(
  plan: Plan,
  { options, signals }: { options: UpOptions; signals: HostSignals },
): Promise<Result<number>> {
  const path = socketPathOf(options)
  if (!path.ok) return path
  const names = plan.specs.map((spec) => spec.name)
  const opened = openLog(loggerOf(plan, options), { names, wall: Date.now })
  if (!opened.ok) return opened
  using log = opened.value
  const warn = (message: string): void => log.write({ level: 'warn', process: null, message })
  await using tree = plantPlan(plan, { endsWhenDone: true, log: warn })
  const { engine } = tree
  const socket = await openSocket(controlOf(tree, options.file), { path: path.value, log })
  if (!socket.ok && mustHave(options, socket.failure)) return socket
  await using _socket = socket.ok ? socket.value : null
  using _pids = repeat(pidinfoPeriod, () => logPids(log, tree, plan.settings.logger.pidinfo))
  engine.subscribe((change) => narrate(log, change))
  greet(log, { plan, file: options.file, socket: socket.ok ? path.value : socket.failure })
  signals.hear((signal) => engine.dispatch({ tag: 'host-signal', signal }))
  engine.dispatch({ tag: 'begin', by: { verb: 'start', user: null } })
  return success(await engine.ended)
}

function loggerOf({ settings }: Plan, { logFormat, logLevel }: UpOptions): Logger {
  return { ...settings.logger, format: logFormat ?? settings.logger.format, level: logLevel ?? settings.logger.level }
}

function socketPathOf({ file, socket }: UpOptions): Result<string> {
  if (socket !== null) return success(resolve(socket))
  const own = places({ env: process.env, uid: process.getuid?.() ?? 0, cwd: process.cwd(), file: resolve(file) })
  return own.ok ? success(own.value.socket) : own
}

/**
 * Another `up` of the same file would double every process; a socket that was asked for is wanted. Otherwise the tree is
 * worth more than its socket: a container may have no directory that can be written. [AP30]
 */
function mustHave({ socket }: UpOptions, { code }: Failure): boolean {
  return code === 'socket-in-use' || socket !== null
}

function controlOf(tree: Tree, file: string): Control {
  const started_at = new Date(tree.clock.wall()).toISOString()
  const supervisor = { version: packageJson.version, pid: process.pid, mode: 'up', file: resolve(file), started_at }
  return createControl({ tree, supervisor: () => supervisor, daemonic: null })
}

function greet(log: Log, { plan, file, socket }: { plan: Plan; file: string; socket: string | Failure }): void {
  const count = `${plan.specs.length} ${plan.specs.length === 1 ? 'process' : 'processes'}`
  const hello = `coppice ${packageJson.version}: ${count} from ${file}`
  if (typeof socket === 'string') {
    const message = `${hello}, control socket ${socket}`
    return log.write({ level: 'info', process: null, message, fields: { socket, pid: process.pid } })
  }
  log.write({ level: 'info', process: null, message: hello, fields: { pid: process.pid } })
  log.write({ level: 'warn', process: null, message: `no control socket: ${socket.message}` })
}

function logPids(log: Log, { engine }: Tree, level: LogLevel): void {
  const pids = [...engine.world.processes.values()].flatMap(({ state }) => liveRun(state)?.pid ?? [])
  pids.sort((a, b) => a - b)
  const message = `pidinfo: ${pids.join(' ')}`
  log.write({ level, process: null, message, fields: { pids, npids: pids.length } })
}
