import { delayAfter } from './delay.ts'
import { exitStatus, type Exit } from './exit.ts'
import { failJobs, finishJob, tellGivenUp } from './jobs.ts'
import { never, type Millis } from '../lib/time.ts'
import { isWanted, type Process } from './process.ts'
import type { Reason } from './reason.ts'
import { enter, put, since, type Turn } from './turn.ts'

/** How an attempt ended: why, with which exit (null where nothing ran), after how long. */
export interface End {
  readonly cause: Reason
  readonly exit: Exit | null
  readonly lived: Millis
}

/** Nothing of the attempt is left: decides what comes next. [RS1] [TR5] */
export function afterAttempt(turn: Turn, process: Process, end: End): void {
  const ended = tellGivenUp(turn, { ...process, exit: end.exit ?? process.exit })
  if (turn.world.phase.tag === 'ending') return rest(turn, ended, turn.world.phase.reason)
  if (!isWanted(ended)) return rest(turn, ended, ended.want.reason)
  if (endedByItself(end.cause)) return afterOwnEnd(turn, ended, end)
  if (mayNotReturn(ended, end.cause)) return rest(turn, ended, end.cause)
  const revives = end.cause.tag !== 'asked'
  put(turn, { ...ended, revives, state: { tag: 'waiting', reason: end.cause, hopeless: false } })
}

/** Puts it to rest: no attempt, nothing planned. Whoever waits for a job of it learns that there will be none. */
export function rest(turn: Turn, process: Process, reason: Reason): void {
  failJobs(turn, { ...process, state: { tag: 'stopped', reason } })
}

/** Whether the end is the process's own doing (or failing), so that its policy decides; otherwise somebody wanted it down. */
function endedByItself(cause: Reason): boolean {
  return ownEnds.has(cause.tag)
}

const ownEnds: ReadonlySet<Reason['tag']> = new Set([
  'exited',
  'spawn-failed',
  'start-timeout',
  'check-failed',
  'watchdog-silent',
  'prerun-failed',
])

/** The dependency that took it down was declared with `on_exit: stop`. */
function mayNotReturn(process: Process, cause: Reason): boolean {
  if (cause.tag !== 'dependency-went-down') return false
  return process.spec.edges.some((edge) => edge.to === cause.dependency && edge.onExit === 'stop')
}

function afterOwnEnd(turn: Turn, process: Process, end: End): void {
  const { spec } = process
  const success = isSuccess(process, end)
  if (spec.significant && end.cause.tag === 'exited' && end.exit !== null) {
    comeToRest(turn, process, { ...end, success })
    const reason = since(turn, { tag: 'significant-exit', process: spec.name, exit: end.exit }, end.cause)
    turn.verdict ??= { reason, code: exitStatus(end.exit) }
    return
  }
  const again = spec.restart === 'always' || (spec.restart === 'on-failure' && !success)
  // Nobody is kept waiting for what can only be mended by a person.
  const isServed = process.jobs.length > 0 && (success || lacksPrerun(end.cause))
  if (!again || isServed) return comeToRest(turn, process, { ...end, success })
  if (startLimitReached(turn, process, end.cause)) return
  if (cannotBegin(end.cause)) return retryLater(turn, process, end)
  delay(turn, process, end)
}

/** It was over before anything ran. */
function cannotBegin(cause: Reason): boolean {
  return cause.tag === 'spawn-failed' || lacksPrerun(cause)
}

function lacksPrerun({ tag, because }: Reason): boolean {
  return tag === 'prerun-failed' && because?.tag === 'no-such-oneshot'
}

function isSuccess({ spec }: Process, { cause, exit }: End): boolean {
  return cause.tag === 'exited' && exit?.tag === 'code' && spec.successExitCodes.includes(exit.code)
}

/** The policy does not restart it. [RS2] */
function comeToRest(turn: Turn, process: Process, { cause, success }: End & { success: boolean }): void {
  const completed = success && (process.spec.oneshot || !process.spec.endIsFailure)
  const reason =
    completed || process.spec.restart !== 'no' ? cause : since(turn, { tag: 'not-restarted', policy: 'no' }, cause)
  const state = completed
    ? ({ tag: 'completed', reason } as const)
    : ({ tag: 'failed', reason, retryAt: never } as const)
  // An attempt that failed in its preruns has not used up a number.
  const run = cause.tag === 'prerun-failed' ? process.runs + 1 : process.runs
  finishJob(turn, { ...process, state }, { run, outcome: completed ? 'done' : 'failed' })
}

/** Too many starts in too short a time: it gives up. [RS5] */
function startLimitReached(turn: Turn, process: Process, cause: Reason): boolean {
  const limit = process.spec.startLimit
  if (limit === null) return false
  const starts = process.starts.filter((at) => at > turn.world.now - limit.interval).length
  if (starts < limit.burst) return false
  const reason = since(turn, { tag: 'start-limit', starts, interval: limit.interval }, cause)
  failJobs(turn, { ...process, state: { tag: 'failed', reason, retryAt: never } })
  return true
}

/** What cannot be spawned is shown as failed, and tried again at the slowest pace. [RS6] */
function retryLater(turn: Turn, process: Process, { cause }: End): void {
  const { delay: policy } = process.spec
  const next = delayAfter(policy, { lived: 0, streak: process.streak, procmonDelay: process.procmonDelay, dice: 0.5 })
  const wait = policy.tag === 'backoff' ? policy.max : next.delay
  const state = { tag: 'failed', reason: cause, retryAt: turn.world.now + wait } as const
  put(turn, { ...process, streak: next.streak, procmonDelay: next.procmonDelay, state })
}

function delay(turn: Turn, process: Process, { cause, lived }: End): void {
  const { streak, procmonDelay } = process
  const next = delayAfter(process.spec.delay, { lived, streak, procmonDelay, dice: turn.dice })
  const waiting: Process = { ...process, revives: true, streak: next.streak, procmonDelay: next.procmonDelay }
  if (next.delay === 0) return enter(turn, waiting, { tag: 'waiting', reason: cause, hopeless: false })
  const reason = since(turn, { tag: 'delay', nth: next.streak, delay: next.delay }, cause)
  enter(turn, waiting, { tag: 'delayed', reason, until: turn.world.now + next.delay })
}
