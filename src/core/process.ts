import { never, type Instant, type Millis } from '../lib/time.ts'
import type { CheckMemory } from './check.ts'
import type { Exit } from './exit.ts'
import type { Reason } from './reason.ts'
import type { Notification, ProcessSpec } from './spec.ts'

/** For each binding dependency, the run of it that a run stands on. When that one goes, this one goes. [TR3] */
export type Ground = ReadonlyMap<string, number>

/** One incarnation: its number, the pid and the kernel's start time. */
export interface Run {
  readonly n: number
  readonly pid: number
  readonly startTime: number
  readonly since: Instant
  /** Why it was started. */
  readonly birth: Reason
  readonly standsOn: Ground
  /** What the process last said of itself (STATUS= of NOTIFY_SOCKET). */
  readonly says: string | null
  /** How it was told at its birth to say that it is ready; null: it was not told, and cannot. */
  readonly promised: Notification | null
  /** Askings up to this number were of checks that are no longer declared: nobody hears their answers. */
  readonly askings: number
  /** When a supervisor took it back from the one before; null: it has known no other. */
  readonly takenBackAt: Instant | null
}

/** A check that is asked again and again: when next, and what it remembers. */
export interface Asking {
  readonly attempt: number
  readonly inFlight: boolean
  /** `never` while in flight. */
  readonly nextAt: Instant
  readonly interval: number
  readonly memory: CheckMemory
  readonly last: string | null
}

/** How far a stop has come. */
export type StopPhase =
  /** Its dependents go first. */
  | { readonly tag: 'draining' }
  | { readonly tag: 'asked'; readonly at: Instant; readonly killAt: Instant }
  /** `after`: how long after the stop signal. */
  | { readonly tag: 'killed'; readonly after: Millis; readonly giveUpAt: Instant }

/** What the last stop had to kill, or left behind. */
export interface Aftermath {
  readonly after: Millis
  readonly killed: readonly { readonly pid: number; readonly command: string }[]
  readonly leftBehind: number
}

/** Where a process is. Only news changes it. */
export type State =
  | { readonly tag: 'stopped'; readonly reason: Reason }
  /** Wants to start, and something stands in the way (an `edge`, by its index); `hopeless`: it will not go away by itself. */
  | { readonly tag: 'waiting'; readonly reason: Reason; readonly hopeless: boolean; readonly edge?: number }
  | { readonly tag: 'preparing'; readonly reason: Reason; readonly index: number }
  | {
      readonly tag: 'spawning'
      readonly reason: Reason
      readonly n: number
      readonly standsOn: Ground
      readonly promised: Notification | null
      /** Why it goes down as soon as it is there; null: it may live. */
      readonly doom: Reason | null
    }
  | {
      readonly tag: 'starting'
      readonly reason: Reason
      readonly run: Run
      readonly deadline: Instant
      readonly ready: Asking | null
    }
  | {
      readonly tag: 'running'
      readonly reason: Reason
      readonly run: Run
      readonly isReady: boolean
      readonly ready: Asking | null
      /** When it counts as ready because it has lived so long; `never` where it is ready, or something else decides. */
      readonly readyAt: Instant
      readonly monitors: readonly Asking[]
      readonly watchdogAt: Instant
    }
  | {
      readonly tag: 'stopping'
      /** Why it goes down. */
      readonly reason: Reason
      readonly run: Run
      /** The exit of the main process; null while it lives. */
      readonly exit: Exit | null
      readonly phase: StopPhase
    }
  | { readonly tag: 'delayed'; readonly reason: Reason; readonly until: Instant }
  /** Flap detection lets it rest. */
  | { readonly tag: 'backoff'; readonly reason: Reason; readonly until: Instant }
  /** `retryAt` is `never` when it has given up. */
  | { readonly tag: 'failed'; readonly reason: Reason; readonly retryAt: Instant }
  | { readonly tag: 'completed'; readonly reason: Reason }
  | {
      readonly tag: 'stuck'
      readonly reason: Reason
      readonly run: Run
      readonly exit: Exit | null
      readonly after: Millis
    }

/** What the operator asked for. Commands change only this. */
export type Want =
  | { readonly up: true; readonly reason: Reason }
  /** `forGood`: it leaves the world when nothing of it is left. */
  | { readonly up: false; readonly forGood: boolean; readonly reason: Reason }

/** Somebody who called for one run of a oneshot and waits for its end. */
export type Caller =
  | { readonly tag: 'special' }
  | { readonly tag: 'prerun'; readonly owner: string; readonly attempt: number; readonly index: number }
  /** Whoever it was is gone, with the supervisor before this one. The run goes on all the same. */
  | { readonly tag: 'nobody' }

/** A run that was called for: any later than `after`, for one on its way does not count. */
export interface Job {
  readonly caller: Caller
  readonly after: number
}

/** What flap detection remembers of a process. */
export type Flap =
  /** When it was restarted lately. */
  | { readonly tag: 'counting'; readonly restarts: readonly Instant[] }
  /** `count` of its restarts were not forgiven yet; the last one was counted, or forgiven, at `countedAt`. */
  | { readonly tag: 'counting-down'; readonly count: number; readonly countedAt: Instant; readonly endsAt: Instant }

export interface Process {
  readonly id: number
  readonly spec: ProcessSpec
  readonly want: Want
  readonly state: State
  readonly jobs: readonly Job[]
  /** Jobs that a stop has ended; their callers are told when nothing of the run is left. */
  readonly givenUp: readonly Job[]
  /** The number of the last run; run numbers are never used twice. */
  readonly runs: number
  /** pmon3's counter: restarts by us or by `restart`, 0 after a stop. */
  readonly restarts: number
  /** Whether the next start replaces a run that fell. */
  readonly revives: boolean
  /** Consecutive short lives; the exponent of the backoff. */
  readonly streak: number
  /** procmon's restart delay, as it stands. */
  readonly procmonDelay: number
  /** When it was started lately, for the start limit. */
  readonly starts: readonly Instant[]
  readonly flap: Flap
  /** When it fell lately and was to be restarted, for the budgets of its groups and of the tree it is in. */
  readonly falls: readonly Instant[]
  readonly exit: Exit | null
  readonly lastPid: number | null
  /** null when its last run ended without anything to report. */
  readonly aftermath: Aftermath | null
  /** The next run on its `every` schedule. */
  readonly nextPeriodic: Instant
  readonly createdAt: Instant
  /** When its status last changed. */
  readonly since: Instant
}

/** The run that is alive, or still being cleaned up; null when nothing of it is left. */
export function liveRun(state: State): Run | null {
  return 'run' in state ? state.run : null
}

/** What its present run stands on. [TR3] */
export function groundIn(state: State): Ground {
  return state.tag === 'spawning' ? state.standsOn : (liveRun(state)?.standsOn ?? nothing)
}

const nothing: Ground = new Map()

/** Whether it is to run: an operator wants it up, or somebody has called for a run. */
export function isWanted({ want, jobs }: Process): boolean {
  return want.up || jobs.length > 0
}

/** Whether it is to be forgotten as soon as nothing of it is left. */
export function isLeaving({ want }: Process): boolean {
  return !want.up && want.forGood
}

/** Whether anything of it may be alive. */
export function isAlive(state: State): boolean {
  return state.tag === 'spawning' || liveRun(state) !== null
}

/** The number of the run that news must carry to be heard. */
export function presentRun(process: Process): number | null {
  return process.state.tag === 'spawning' ? process.state.n : (liveRun(process.state)?.n ?? null)
}

/** When this process next needs a tick. */
export function deadlineOf(process: Process): Instant {
  return Math.min(stateDeadline(process.state), process.nextPeriodic)
}

/** When its state, as opposed to its schedule, next needs a tick. */
export function stateDeadline(state: State): Instant {
  switch (state.tag) {
    case 'starting':
      return Math.min(state.deadline, state.ready?.nextAt ?? never)
    case 'running':
      return Math.min(
        state.watchdogAt,
        state.readyAt,
        state.ready?.nextAt ?? never,
        ...state.monitors.map((monitor) => monitor.nextAt),
      )
    case 'stopping':
      return phaseDeadline(state.phase)
    case 'delayed':
    case 'backoff':
      return state.until
    case 'failed':
      return state.retryAt
    case 'stopped':
    case 'waiting':
    case 'preparing':
    case 'spawning':
    case 'completed':
    case 'stuck':
      return never
  }
}

function phaseDeadline(phase: StopPhase): Instant {
  switch (phase.tag) {
    case 'draining':
      return never
    case 'asked':
      return phase.killAt
    case 'killed':
      return phase.giveUpAt
  }
}
