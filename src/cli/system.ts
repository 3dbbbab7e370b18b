import type { Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import type { DoctorReport, Fix } from '../wire/doctor.ts'
import type { Simulated, SimulateOrder } from '../wire/simulate.ts'

/** What the CLI may use of the world outside. */
export interface System {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly uid: number
  /** Of this coppice. */
  readonly version: string
  /** Text, or bytes as they are. @returns `no-output`; that nobody reads any more is no failure, but `unread` */
  out(text: string | Uint8Array): Promise<Result<'written' | 'unread'>>
  err(text: string): Promise<void>
  /** What is at the end of these streams; asked only where it matters, since finding out takes time. */
  terminal(stream: 'out' | 'err'): Promise<Terminal | null>
  /** Asks a person at the terminal; null where there is none to ask. */
  ask(question: string): Promise<string | null>
  /** Takes the whole terminal for what changes by itself; null where there is none to look at and to type on. */
  screen(): Promise<Screen | null>
  /** Runs a tree in the foreground; gives the exit code. */
  up(order: UpOrder): Promise<number>
  /** Runs the daemon; gives the exit code, with `detach` when it answers. */
  daemon(order: DaemonOrder): Promise<number>
  /** Starts a daemon of this user's own and gives its socket once it answers. */
  spawnDaemon(): Promise<Result<string>>
  /** The `systemctl start` line where our systemd unit is installed, else null. */
  unit(): Promise<string | null>
  /** Does these fixes, then looks for what is wrong around the daemon. */
  doctor(fixes: readonly Fix[]): Promise<Result<DoctorReport>>
  /** Plays what would happen with a file: [SM1]. */
  simulate(order: SimulateOrder): Promise<Result<Simulated>>
  /** What there is to install; fails where the settings of the daemon do. */
  installation(): Promise<Result<Installation>>
}

export interface Installation {
  /** The absolute path of the program that runs. */
  readonly executable: string
  /** A `config.yml` in which everything is commented out. */
  readonly config: string
  /** Those of the daemon, as its settings have them. */
  readonly directories: readonly {
    readonly path: string
    readonly mode: number
    /** null: the daemon's own. */
    readonly user: string | null
    readonly group: string | null
    readonly isLogs: boolean
  }[]
}

export interface Terminal {
  /** null: unknown. */
  readonly columns: number | null
}

/** The whole terminal. Disposed of, it is as it was before; so it is however the program ends, but for SIGKILL. */
export interface Screen extends Disposable {
  size(): { readonly columns: number; readonly rows: number }
  /** Replaces what is shown. */
  draw(lines: readonly string[]): void
  /** Calls for each key press with what the terminal sends for it, and when the size has changed. */
  listen(listener: { readonly typed: (text: string) => void; readonly resized: () => void }): void
  /** Waits so long, or until `signal` is aborted. */
  pause(span: Millis, signal: AbortSignal): Promise<void>
}

/** How a supervisor writes its own log. */
interface Logging {
  readonly logFormat: 'text' | 'json' | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | null
}

export interface UpOrder extends Logging {
  readonly file: string
  readonly nocheck: boolean
  readonly socket: string | null
}

export interface DaemonOrder extends Logging {
  readonly detach: boolean
  /** Whether, with `detach`, a guard runs it again when it dies. */
  readonly guard: boolean
}
