import { runCli } from '../../src/cli/run.ts'
import type { Installation, Screen, DaemonOrder, System, Terminal, UpOrder } from '../../src/cli/system.ts'
import { failure, success, type Result } from '../../src/lib/result.ts'
import type { DoctorReport, Fix } from '../../src/wire/doctor.ts'
import type { Simulated, SimulateOrder } from '../../src/wire/simulate.ts'

export interface Ran {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  /** What `up` was asked to do. */
  readonly ups: readonly UpOrder[]
  readonly daemons: readonly DaemonOrder[]
  /** What the person at the terminal was asked. */
  readonly questions: readonly string[]
  /** How often a daemon of one's own was to be started. */
  readonly spawns: number
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly uid?: number
  /** Absent: output goes into a pipe. */
  readonly terminal?: Terminal
  /** Told of all that has been written to stdout by then. */
  readonly watches?: (out: string) => void
  /** The same of stderr. */
  readonly hears?: (err: string) => void
  /** Whoever read stdout has gone away. */
  readonly isUnread?: boolean
  /** Absent: there is no terminal to take. */
  readonly screen?: Screen
  /** What a person at the terminal answers; absent: nobody is there. */
  readonly says?: string
  /** The exit code of `up` and of `daemon`. */
  readonly upEndsWith?: number
  /** Starts a daemon and gives its socket; absent: none can be started. */
  readonly spawns?: () => Promise<string>
  /** What the doctor finds, and what it has fixed; absent: nothing is wrong. */
  readonly doctor?: (fixes: readonly Fix[]) => DoctorReport
  /** What is simulated; absent: nothing. */
  readonly simulates?: (order: SimulateOrder) => Result<Simulated>
  /** What there is to install; absent: the settings are broken. */
  readonly installation?: Installation
  /** The line that starts our systemd unit; absent: it is not installed. */
  readonly unit?: string
}

/** Runs one command line in this process, as `coppice LINE` would in a shell without quotes, or as these words. */
export async function coppice(line: string | readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const {
    env = {},
    cwd = '/',
    uid = 0,
    terminal = null,
    screen = null,
    upEndsWith = 0,
    unit = null,
    says = null,
  } = surroundings
  const written = { out: '', err: '' }
  const ups: UpOrder[] = []
  const daemons: DaemonOrder[] = []
  const questions: string[] = []
  let spawns = 0
  const decoder = new TextDecoder()
  const system: System = {
    env,
    cwd,
    uid,
    version: '1.2.3',
    out: async (text) => {
      written.out += typeof text === 'string' ? text : decoder.decode(text, { stream: true })
      surroundings.watches?.(written.out)
      return success(surroundings.isUnread === true ? 'unread' : 'written')
    },
    err: async (text) => {
      written.err += text
      surroundings.hears?.(written.err)
    },
    terminal: async () => terminal,
    screen: async () => screen,
    ask: async (question) => {
      if (says !== null) questions.push(question)
      return says
    },
    up: async (order) => {
      ups.push(order)
      return upEndsWith
    },
    daemon: async (order) => {
      daemons.push(order)
      return upEndsWith
    },
    spawnDaemon: async () => {
      spawns += 1
      const socketPath = await surroundings.spawns?.()
      return socketPath === undefined ? failure('no-daemon', 'None can be started.') : success(socketPath)
    },
    unit: async () => unit,
    doctor: async (fixes) => success(surroundings.doctor?.(fixes) ?? { fixed: [], findings: [] }),
    simulate: async (order) => surroundings.simulates?.(order) ?? failure('no-simulation', 'Nothing is simulated.'),
    installation: async () =>
      surroundings.installation === undefined
        ? failure('no-config', 'The settings are broken.')
        : success(surroundings.installation),
  }
  const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
  const exitCode = await runCli(argv, system)
  return { exitCode, ...written, ups, daemons, questions, spawns }
}
