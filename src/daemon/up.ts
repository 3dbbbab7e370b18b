import { resolve } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { liveRun } from '../core/process.ts'
import type { Logger, LogLevel, Plan } from '../core/spec.ts'
import { success, type Failure, type Result } from '../lib/result.ts'
import { keepHooks } from './hooks/hooks.ts'
import { listenToSignals, type HostSignals } from './host-signals.ts'
import { openLog, type Log } from './log.ts'
import { narrate } from './narrate.ts'
import { readPlan } from './read-plan.ts'
import { complain } from './complain.ts'
import { createControl } from './control.ts'
import { here } from './here.ts'
import { openSocket } from './socket.ts'
import { ownProgram } from './own-program.ts'
import { createReplacer, type Replaceable } from './replace.ts'
import { socketName, takePast, type Past } from './replaced.ts'
import type { Tree } from './tree.ts'
import { openUpHome } from './up-home.ts'
import { plantUp } from './up-tree.ts'
import { createHooks } from '../system/hooks/host.ts'
import { repeat } from '../system/repeat.ts'
import { letSignalsThrough } from '../system/replace.ts'
import { keepTrim } from '../system/trim.ts'
import { places, type Places } from '../wire/places.ts'
import type { SupervisorView } from '../wire/routes.ts'

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
  using past = takePast('up')
  using signals = listenToSignals()
  const plan = await readPlan(options.file, { nocheck: options.nocheck })
  if (!plan.ok) {
    process.stderr.write(`${plan.failure.message}\n`)
    return 2
  }
  const ended = await run(plan.value, { options, past, signals })
  if (ended.ok) return ended.value
  complain(ended.failure)
  return 1
}

interface Circumstances {
  readonly options: UpOptions
  readonly past: Past
  readonly signals: HostSignals
}

async function run(plan: Plan, { options, past, signals }: Circumstances): Promise<Result<number>> {
  const program = ownProgram()
  const own = places({ ...here(), file: resolve(options.file) })
  const path = socketPathOf(options, own)
  if (!path.ok) return path
  const names = plan.specs.map((spec) => spec.name)
  const opened = openLog(loggerOf(plan, options), { names, wall: Date.now })
  if (!opened.ok) return opened
  using log = opened.value
  const kept = openUpHome(own, { past, log })
  if (!kept.ok) return kept
  using home = kept.value
  const warn = (message: string): void => log.write({ level: 'warn', process: null, message })
  const { bequest } = past
  const hooks = keepHooks({
    hooks: createHooks({ ownId: home.ownId, log: warn }),
    log,
    ledger: () => tree.ledger,
    settings: () => null,
  })
  await using tree = plantUp(plan, home, {
    log: warn,
    hear(change) {
      narrate(log, change)
      hooks.hear(change)
    },
    isReplacement: bequest !== null,
  })
  await using _hooks = hooks
  const { engine } = tree
  const startedAt = bequest?.startedAt ?? new Date(tree.clock.wall()).toISOString()
  const replaced = bequest === null ? 0 : bequest.replaced + 1
  let replaceable: Replaceable | null = null
  const control = createControl({
    tree,
    supervisor: () => ({ ...supervisorOf(options.file), started_at: startedAt, replaced }),
    daemonic: null,
    replace: createReplacer(() => replaceable),
  })
  const socket = await openSocket(control, { path: path.value, inherited: past.take(socketName), log })
  if (!socket.ok && mustHave(options, socket.failure)) {
    if (home.left === null) home.clear()
    return socket
  }
  await using server = socket.ok ? socket.value : null
  using _trim = keepTrim()
  using _pids = repeat(pidinfoPeriod, () => logPids(log, tree, plan.settings.logger.pidinfo))
  greet(log, { plan, file: options.file, socket: socket.ok ? path.value : socket.failure })
  signals.hear((signal) => engine.dispatch({ tag: 'host-signal', signal }))
  engine.dispatch({ tag: 'begin', by: { verb: 'start', user: null } })
  letSignalsThrough()
  past.answer({ version: packageJson.version, from: bequest?.version ?? '', pid: process.pid, executable: program[0] })
  if (server !== null) {
    replaceable = {
      tree,
      log,
      manager: null,
      server,
      program,
      args: process.argv.slice(2),
      held: home.held,
      obstacle: async () => failureIn(await readPlan(options.file, { nocheck: options.nocheck })),
      bequest: () => ({ mode: 'up', startedAt, replaced, memory: home.memory() }),
    }
  }
  const code = await engine.ended
  await hooks[Symbol.asyncDispose]() // while there is a journal
  home.clear()
  return success(code)
}

function failureIn(result: Result<unknown>): Failure | null {
  return result.ok ? null : result.failure
}

function loggerOf({ settings }: Plan, { logFormat, logLevel }: UpOptions): Logger {
  return { ...settings.logger, format: logFormat ?? settings.logger.format, level: logLevel ?? settings.logger.level }
}

function socketPathOf({ socket }: UpOptions, own: Result<Places>): Result<string> {
  if (socket !== null) return success(resolve(socket))
  return own.ok ? success(own.value.socket) : own
}

/**
 * Another `up` of the same file would double every process; a socket that was asked for is wanted. Otherwise the tree is
 * worth more than its socket: a container may have no directory that can be written. [AP30]
 */
function mustHave({ socket }: UpOptions, { code }: Failure): boolean {
  return code === 'socket-in-use' || socket !== null
}

function supervisorOf(file: string): Pick<SupervisorView, 'version' | 'pid' | 'mode' | 'file'> {
  return { version: packageJson.version, pid: process.pid, mode: 'up', file: resolve(file) }
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
