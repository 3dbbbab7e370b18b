import type { SignalName } from '../lib/signals.ts'
import type { Millis } from '../lib/time.ts'
import type { Check } from './check.ts'

/**
 * What is declared of one process. Immutable between reloads; every default is filled in and every variable expanded
 * by `config`, so that whoever reads a spec never asks what a missing field means.
 */
export interface ProcessSpec {
  /** Unique. Letters, digits, `._@+-`, not starting with `-` or `.`, not all digits. */
  readonly name: string
  /** For one of several `instances`: the name they share, and its number from 1. */
  readonly instanceOf: { readonly name: string; readonly index: number } | null
  /** What to run: the program (bare names are looked up on PATH) and its arguments; null: only a place for preruns. */
  readonly command: readonly [string, ...string[]] | null
  /** Absolute. */
  readonly cwd: string
  readonly env: Environment
  readonly identity: Identity
  readonly limits: Limits
  readonly output: Output
  /** What it depends on, in the order of the file. The parent is the edge `{condition: ready, onExit: restart}`. */
  readonly edges: readonly Edge[]
  /** The name of the parent, for those who draw the tree; the edge says the same. */
  readonly parent: string | null
  readonly ready: Readiness | null
  readonly startTimeout: Millis
  readonly monitors: readonly Monitor[]
  readonly restart: RestartPolicy
  /** After one of these it is not restarted, whatever the policy: systemd's `RestartPreventExitStatus`. */
  readonly restartPreventExitCodes: readonly number[]
  /** pmon3's `no_auto_restart`: any end shows `failed`, also a successful one. */
  readonly endIsFailure: boolean
  readonly delay: RestartDelay
  readonly startLimit: { readonly burst: number; readonly interval: Millis } | null
  /** What follows when it has reached its start limit, besides its own failure. */
  readonly onStartLimit: 'nothing' | 'stop-tree' | 'exit'
  /** null: what holds for all. */
  readonly flapDetection: FlapPolicy | 'off' | null
  /** How often it and what hangs from it may be restarted, before that fails as a whole; null: as often as it takes. */
  readonly restartBudget: Budget | null
  readonly successExitCodes: readonly number[]
  readonly stop: Stop
  /** Expected to end; its end is a success or a failure, not a death. */
  readonly oneshot: boolean
  /** false: runs only when something calls for it (a prerun, a signal, a schedule, an operator). */
  readonly autostart: boolean
  /** Names of oneshots that run to their end, one after the other, before each start. */
  readonly prerun: readonly string[]
  /** What a prerun that fails does: `fail` the attempt (ours), or `ignore` it (procmon). */
  readonly prerunFailure: 'fail' | 'ignore'
  readonly trigger: Trigger
  /** Its end ends the whole run under `up`, with its exit code. */
  readonly significant: boolean
  readonly groups: readonly string[]
  /** What is run, or told, when something happens to it. */
  readonly hooks: readonly Hook[]
  /** What was written, for those who export it or change one key of it; null for procmon's tasks. */
  readonly declared: Declared | null
}

/** A declaration as it was written. */
export interface Declared {
  /** Keys of our dialect with the values of a JSON file, after `defaults` and before variables are filled in. */
  readonly entry: Readonly<Record<string, unknown>>
  /** Where its relative paths begin. */
  readonly cwd: string
  /** Whether its texts have variables: pmon3's, and those of `exec`, have not. */
  readonly variables: boolean
  /** The absolute path of the process file that it stands in; null: it was declared by a command. */
  readonly file: string | null
  /** The variables that `env` of the file and of its `defaults` gave it, filled in; those of the entry win. */
  readonly outer?: Readonly<Record<string, string>>
}

export interface Environment {
  /** Whether the supervisor's own environment comes first. */
  readonly inherit: boolean
  readonly set: ReadonlyMap<string, string>
}

export interface Identity {
  /** A name or a number; null: the supervisor's own. */
  readonly user: string | null
  readonly group: string | null
  readonly umask: number | null
  readonly nice: number | null
}

export type LimitName =
  | 'as'
  | 'core'
  | 'cpu'
  | 'data'
  | 'fsize'
  | 'locks'
  | 'memlock'
  | 'msgqueue'
  | 'nice'
  | 'nofile'
  | 'nproc'
  | 'rss'
  | 'rtprio'
  | 'sigpending'
  | 'stack'

/** Resource limits; `Infinity` is `unlimited`. */
export type Limits = ReadonlyMap<LimitName, { readonly soft: number; readonly hard: number }>

/** Where a stream goes. `inherit-stdout` is the supervisor's own. */
export type Sink =
  | { readonly tag: 'inherit-stdout' }
  | { readonly tag: 'inherit-stderr' }
  | { readonly tag: 'discard' }
  | { readonly tag: 'file'; readonly path: string }

export interface Output {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Mode and owner of files that have to be made, and of their directories; null: the process's user, 0640 and 0750. */
  readonly access: FileAccess | null
  /** Accepted and kept; the issue on output gives them their work. */
  readonly timestamps: boolean
  readonly format: 'raw' | 'json'
  readonly maxSize: number | null
  readonly maxAge: Millis | null
  readonly keep: number | null
}

/** pmon3's `logs.file_mode` and its kin. The owner of a file is the process's user, unless that is root. */
export interface FileAccess {
  readonly fileMode: number
  readonly directoryMode: number
  readonly uid: number | null
  readonly gid: number | null
}

export type Condition = 'started' | 'ready' | 'completed' | 'completed_successfully'

export interface Edge {
  readonly to: string
  readonly condition: Condition
  /** What this process does when the other one goes down. */
  readonly onExit: 'ignore' | 'restart' | 'stop'
}

/** How it is known that a run is ready. */
export type Readiness =
  /** It has lived so long: pmon3's `dependent_process_enqueued_wait`. */
  | { readonly tag: 'elapsed'; readonly after: Millis }
  | {
      readonly tag: 'check'
      readonly check: Check
      /** The first asking interval, growing by half to `slowest`. */
      readonly interval: Millis
      readonly slowest: Millis
      /** How often it is asked once ready; null: never again (procmon). */
      readonly period: Millis | null
    }
  | Notification

/** The process says itself that it is ready. */
export interface Notification {
  readonly tag: 'notify'
  /** `fd`: a newline written to NOTIFY_FD; `socket`: systemd's protocol on NOTIFY_SOCKET. */
  readonly via: 'fd' | 'socket'
  /** With `socket`: a run that sends no WATCHDOG=1 for so long counts as dead; null: not watched. */
  readonly watchdog: Millis | null
}

export interface Monitor {
  readonly name: string
  readonly check: Check
  readonly period: Millis
}

export type RestartPolicy = 'always' | 'on-failure' | 'on-abnormal' | 'on-success' | 'no'

/** pmon3's flap detection, its thresholds in milliseconds. */
export interface FlapPolicy {
  /** After so many restarts within `countdown`, the next death is followed by a rest. */
  readonly restarted: number
  /** How long the rest is. */
  readonly countdown: Millis
  /** During it, one restart is forgiven after so long; 0: none. */
  readonly decrement: Millis
}

/** OTP's: one restart more than `intensity` within `period` is too many. */
export interface Budget {
  readonly intensity: number
  readonly period: Millis
}

/** What holds for the members of a group together. */
export interface GroupPolicy {
  /** Who goes down with a member that fell and is restarted: nobody, all, or those declared after it. */
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one'
  readonly budget: Budget | null
  /** Whether an operator who stops one of them stops all. */
  readonly stopTogether: boolean
}

export type RestartDelay =
  | {
      readonly tag: 'backoff'
      readonly initial: Millis
      readonly factor: number
      readonly max: Millis
      /** 0.1 is ± 10 %. */
      readonly jitter: number
      /** A run that lived so long counts as good: the restart after it is immediate and the delays begin anew. */
      readonly resetAfter: Millis
    }
  /** procmon's: 1 s at first, doubled at every restart, approaching `rest` while the process lives. */
  | { readonly tag: 'procmon'; readonly rest: Millis }

export interface Stop {
  readonly signal: SignalName
  /** After so long everything that is left gets SIGKILL. */
  readonly timeout: Millis
  /** `group`: the signal goes to the whole process group; `mixed`: to the main process, SIGKILL to the group;
   *  `process`: both only to the main process, and what it leaves is reported and left. */
  readonly mode: 'group' | 'mixed' | 'process'
}

/** What may happen to a process that a hook can be for. */
export type HookEvent = 'start' | 'ready' | 'exit' | 'restart' | 'failure' | 'backoff' | 'unhealthy' | 'stop'

export interface Hook {
  readonly on: HookEvent
  readonly action: HookAction
  /** One that takes longer is ended. */
  readonly timeout: Millis
}

export type HookAction =
  /** The event is its last argument. */
  | { readonly tag: 'command'; readonly command: readonly [string, ...string[]] }
  /** The event is the body of a POST; `secret`: what it is signed with. */
  | { readonly tag: 'post'; readonly url: string; readonly secret: string | null }

/** What calls for a run besides the tree. */
export interface Trigger {
  readonly signal: SignalName | null
  readonly schedule: Schedule | null
  /** Stop the whole tree first, and start it again afterwards. */
  readonly shutdown: boolean
  /** End everything afterwards. */
  readonly terminate: boolean
}

export type Schedule =
  | { readonly tag: 'every'; readonly period: Millis }
  | { readonly tag: 'cron'; readonly expression: string; readonly timeZone: string | null }

/** What holds for the whole run rather than for one process. */
export interface RunSettings {
  /** Checks that must pass, in order, before anything starts. */
  readonly prologue: readonly Monitor[]
  /** A polite shutdown that takes longer is forced, and the exit code is 1. */
  readonly shutdownMax: Millis
  /** The supervisor's own log. */
  readonly logger: Logger
  readonly groups: ReadonlyMap<string, GroupPolicy>
}

export interface Logger {
  readonly output: Sink
  readonly format: 'text' | 'json'
  readonly level: LogLevel
  /** The level of the regular list of pids; procmon shows it at `info`. */
  readonly pidinfo: LogLevel
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A config file, read and checked: what `up`, the daemon and the library hand to the engine. */
export interface Plan {
  readonly dialect: 'procmon' | 'pmon3' | 'coppice'
  readonly settings: RunSettings
  /** In the order of the file. */
  readonly specs: readonly ProcessSpec[]
}
