import type { Hook, LogLevel } from '../core/spec.ts'
import type { Millis } from '../lib/time.ts'

/** The settings of a daemon, with every default filled in: what `config.yml` and the environment say (pmon3 3.1). */
export interface DaemonSettings {
  readonly logLevel: LogLevel
  /** Whether ending the daemon ends its processes. */
  readonly handleInterrupts: boolean
  readonly disableReloads: boolean
  /** How often resource figures are read, and the unit of the thresholds of flap detection. */
  readonly processMonitorInterval: Millis
  readonly initializationPeriod: Millis
  /** Absolute; null: none. */
  readonly processConfigFile: string | null
  /** Applies only when it is set: null otherwise. */
  readonly dependentProcessEnqueued: Millis | null
  readonly logs: Directory
  readonly data: Directory
  /** Where pmon3's `data.db` is looked for, to be taken over: the data directory, or pmon3's own for its config. Absolute. */
  readonly pmon3Data: string
  /** pmon3's `message_queue`: owner, group and mode of the socket. */
  readonly socket: Pick<Directory, 'user' | 'group' | 'fileMode'>
  readonly hooks: {
    readonly processRestart: string | null
    readonly processFailure: string | null
    readonly processBackoff: string | null
    /** Ours, of every process besides its own. */
    readonly ofAll: readonly Hook[]
  }
  /** Thresholds in intervals of `processMonitorInterval`. */
  readonly flapDetection: {
    readonly isEnabled: boolean
    readonly restarted: number
    readonly countdown: number
    /** 0: off. */
    readonly decrement: number
  }
}

export interface Directory {
  /** Absolute. */
  readonly directory: string
  /** Names or numbers; null: the daemon's own. */
  readonly user: string | null
  readonly group: string | null
  readonly directoryMode: number
  readonly fileMode: number
}

/** A setting as `coppice config` shows it. */
export interface Effective {
  readonly key: string
  readonly value: string | number | boolean
  readonly origin: string
  readonly note: string | null
}
