import type { Entry } from './entry.ts'
import type { ProcessView } from './process.ts'
import type { ActAnswer } from './routes.ts'

/** How long to wait for what was asked: as in `ActRequest`. */
export interface Waiting {
  readonly wait?: boolean
  readonly timeout?: number
}

/** `exec`: one new process, or a known one that is at rest and is declared anew. */
export interface ExecRequest extends Waiting {
  readonly process: Entry
  /** Where relative paths begin: the directory of the caller. */
  readonly cwd: string
}

/** `init`: starts what the process file and the database have, and takes changes of the file over. */
export interface InitRequest extends Waiting {
  /** Only what the process file has. */
  readonly process_config_only?: boolean
}

/** `apply FILE`: makes the processes what the file says, and touches nothing else. */
export interface ApplyRequest extends Waiting {
  /** Absolute: whose processes these are, and what problems are told under. */
  readonly path: string
  readonly text: string
  /** Where relative paths begin. */
  readonly cwd: string
  /** Only plan. */
  readonly dry_run?: boolean
}

/** The answer of `exec` and `init`: as of a request that acts, with what is odd about what was declared. */
export interface DeclareAnswer extends ActAnswer {
  readonly warnings: readonly string[]
}

export interface ApplyAnswer {
  readonly outcome: ActAnswer['outcome'] | 'planned'
  readonly plan: ApplyPlan
  readonly processes: readonly ProcessView[]
  readonly warnings: readonly string[]
}

/** What `apply` does, by name. What is of another origin than the file is not in it. */
export interface ApplyPlan {
  readonly added: readonly string[]
  readonly changed: readonly Changed[]
  readonly removed: readonly string[]
  readonly unchanged: readonly string[]
}

export interface Changed {
  readonly name: string
  readonly fields: readonly FieldChange[]
  /** Whether its run is replaced: false where all that changed can change live. */
  readonly restarts: boolean
}

/** One difference, in the words of our dialect; values as they would be written in a file. */
export interface FieldChange {
  readonly field: string
  readonly from: string
  readonly to: string
}

/** The order in which processes start: pmon3's `dgraph`. */
export interface GraphView {
  /** All of them, those that depend or are depended on first. */
  readonly queue: readonly string[]
  /** Only those that depend on others, or are depended on. */
  readonly graph: readonly string[]
  readonly edges: readonly GraphEdge[]
}

/** `from` depends on `to`. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly parent: boolean
  readonly condition: string
}

/** A process as `export` writes it: pmon3's keys, and what else was declared of it. */
export interface ExportView {
  readonly id: number
  readonly file: string
  readonly user: string
  readonly log: string
  readonly args: string
  readonly env_vars: string
  readonly name: string
  readonly dependencies: readonly string[]
  readonly groups: readonly string[]
  readonly no_auto_restart: boolean
  readonly restart_count: number
  readonly pid: number
  readonly status: string
  readonly created_at: string
  readonly updated_at: string
  /** Keys of our dialect besides pmon3's, as they were declared. */
  readonly more: Entry
}

/** The effective configuration of a daemon. */
export interface ConfigView {
  /** null: none was found. */
  readonly file: string | null
  readonly process_file: string | null
  readonly settings: readonly SettingView[]
  readonly warnings: readonly string[]
}

export interface SettingView {
  /** In pmon3's nested style: `logs.directory`. */
  readonly key: string
  readonly value: string | number | boolean
  /** `default`, `/etc/coppice/config.yml:3`, `environment CONFIGOR_LOGS_DIRECTORY`. */
  readonly origin: string
  /** What there is to know of it: that a restart is needed, that it means nothing here. */
  readonly note: string | null
}

export interface GroupView {
  readonly id: number
  readonly name: string
  /** Names of its members by ascending id. */
  readonly processes: readonly string[]
  readonly created_at: string
  readonly updated_at: string
}

/** Body of `group-create`. */
export interface GroupRequest {
  readonly name: string
}

/** Body of `group-assign` and `group-remove`: targets as in `/v1/processes/{names}`. */
export interface MembersRequest {
  readonly processes: readonly string[]
}

/**
 * What an entry of the journal may be about. `status`: from one word to another, from null when it was declared, to null
 * when it was deleted; `ready`: it became ready; `asked`: somebody asked for something, also where that changes nothing;
 * `killed`: what an end had to kill, or left behind; `config`: the daemon's files were read; `supervisor`: it begins, ends,
 * is replaced; `note`: anything else worth a line.
 */
export const eventKinds = ['status', 'ready', 'note', 'asked', 'killed', 'config', 'supervisor'] as const

export type EventKind = (typeof eventKinds)[number]

/** One entry of the journal: what `GET /v1/events` sends. */
export interface EventView {
  /** Ascending; ask with `since=ID` for those after it. */
  readonly id: number
  readonly at: string
  /** null: it is about the supervisor itself. */
  readonly process: string | null
  readonly kind: EventKind
  readonly from: string | null
  readonly to: string | null
  readonly run: number
  readonly pid: number | null
  readonly restart_count: number
  readonly exit: ProcessView['exit']
  readonly reason: string
  /** What led to it, where that is not the same. */
  readonly because: string | null
  /** Who asked for it, where somebody did: `stop by root`. */
  readonly by: string | null
}
