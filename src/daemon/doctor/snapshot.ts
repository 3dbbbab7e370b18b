import type { Inspection } from '../../store/sqlite/inspect.ts'
import type { Abilities } from '../../system/abilities.ts'
import type { LockState } from '../../system/lock-holder.ts'
import type { Places } from '../../wire/places.ts'
import type { ProcessView } from '../../wire/process.ts'
import type { SupervisorView } from '../../wire/routes.ts'

/** Everything that the doctor looks at, as of one moment. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly wall: number
  readonly uid: number
  readonly places: Places
  readonly configuration: ConfigurationFact
  readonly locks: readonly LockFact[]
  readonly socket: SocketFact
  readonly store: Inspection
  readonly access: readonly AccessFact[]
  readonly runs: RunsFact
  readonly host: Abilities
  readonly service: ServiceFact
  readonly disks: readonly DiskFact[]
}

/** `problem`: why the settings, or the process file, cannot be used; lines. */
export interface ConfigurationFact {
  readonly file: string | null
  readonly processFile: string | null
  readonly problem: string | null
  readonly processProblem: string | null
  readonly warnings: readonly string[]
}

export interface LockFact {
  readonly path: string
  readonly state: LockState
  /** The command line of who holds it. */
  readonly command: string | null
}

export type SocketFact = { readonly path: string } & (
  | { readonly tag: 'missing' }
  /** Something else has its name. */
  | { readonly tag: 'no-socket' }
  /** Nobody listens. */
  | { readonly tag: 'refuses' }
  | { readonly tag: 'forbidden' }
  /** Somebody listens, and does not answer, or not as a coppice does. */
  | { readonly tag: 'silent'; readonly why: string }
  | {
      readonly tag: 'answers'
      readonly supervisor: SupervisorView
      readonly processes: readonly ProcessView[]
    }
)

/** A file or directory, who may do what with it, and who should. */
export interface AccessFact {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly wanted: { readonly mode: number; readonly uid: number | null; readonly gid: number | null }
}

/** A process as somebody knows it: the daemon that runs, else the database. */
export interface RecordFact {
  readonly id: number
  readonly name: string
  /** The number of its last run. */
  readonly runs: number
  /** Whether that one may have been begun without having been recorded as begun. */
  readonly isBeginning: boolean
  /** Whether what its stop leaves behind is left on purpose. */
  readonly leaves: boolean
  /** The run that lives as far as is known; null: none. */
  readonly run: { readonly n: number; readonly pid: number; readonly is: 'alive' | 'gone' | 'stranger' } | null
}

/** Live processes with a marker of ours. */
export interface MarkedFact {
  readonly marker: string
  readonly process: number
  readonly run: number
  readonly members: readonly { readonly pid: number; readonly command: string }[]
}

export interface RunsFact {
  /** By whom they are known; null: by nobody who could be asked. */
  readonly from: 'daemon' | 'database' | null
  readonly records: readonly RecordFact[]
  readonly marked: readonly MarkedFact[]
}

/** Who starts the daemon again, after its death and after the host's. */
export interface ServiceFact {
  /** Whether this daemon has a COPPICE_HOME: then it is nobody's service. */
  readonly isOwnHome: boolean
  readonly hasSystemd: boolean
  /** The path of our unit; null: it is not installed. */
  readonly unit: string | null
  readonly isEnabled: boolean
  /** Null: no daemon runs, or it is not for us to see. */
  readonly keeper: { readonly tag: 'guard'; readonly pid: number } | { readonly tag: 'systemd' | 'nobody' } | null
}

export interface DiskFact {
  readonly what: 'state' | 'logs'
  readonly path: string
  /** Bytes; null where the file system does not say. */
  readonly free: number | null
  readonly isReadOnly: boolean
  readonly hasFreeFiles: boolean
}
