import { recordFall, spentBudget } from './budget.ts'
import { delayAfter } from './delay.ts'
import { exitStatus } from './exit.ts'
import { afterFall, calm, flapPolicyOf } from './flap.ts'
import { failForGood, giveUp, stopTree } from './give-up.ts'
import { failJobs, finishJob, tellGivenUp } from './jobs.ts'
import { never, type Millis } from '../lib/time.ts'
import { isWanted, type Process } from './process.ts'
import type { Fact, Reason } from './reason.ts'
import { isRestarted, isSuccess, preventingCode, type Ending } from './restart-policy.ts'
import { fallTogether } from './together.ts'
import { enter, put, since, type Turn } from './turn.ts'

/** How an attempt ended: why, with which exit (null where nothing ran), after how long. */
export interface End extends Ending {
  readonly lived: Millis
}

/** Nothing of the attempt is left: decides what comes next. [RS1] [TR5] */
export function afterAttempt(turn: Turn, process: Process, end: End): void {
  const ended = tellGivenUp(turn, { ...process, exit: end.exit ?? process.exit })
  if (turn.world.phase.tag === 'ending') return rest(turn, ended, turn.world.phase.reason)
  if (!isWanted(ended)) return rest(turn, ended, ended.want.reason)
  if (endedByItself(end.cause)) return afterOwnEnd(turn, ended, end)
  if (mayNotReturn(ended, end.cause)) return rest(turn, ended, end.cause)
  if (isGivenUp(end.cause)) return failForGood(turn, ended, end.cause)
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
  'failed-below',
])

/** It went down with others that are not to come back. */
function isGivenUp({ tag }: Reason): boolean {
  return tag === 'budget-spent' || tag === 'tree-stopped'
}

/** The dependency that took it down was declared with `on_exit: stop`. */
function mayNotReturn(process: Process, cause: Reason): boolean {
  if (cause.tag !== 'dependency-went-down') return false
  return process.spec.edges.some((edge) => edge.to === cause.dependency && edge.onExit === 'stop')
}

function afterOwnEnd(turn: Turn, process: Process, end: End): void {
  const { spec } = process
  const success = isSuccess(spec, end)
  if (spec.significant && turn.world.settings.mayEnd && end.cause.tag === 'exited' && end.exit !== null) {
    comeToRest(turn, process, { ...end, success })
    const reason = since(turn, { tag: 'significant-exit', process: spec.name, exit: end.exit }, end.cause)
    turn.verdict ??= { reason, code: exitStatus(end.exit) }
    return
  }
  // Nobody is kept waiting for what can only be mended by a person.
  const isServed = process.jobs.length > 0 && (success || lacksPrerun(end.cause))
  if (!isRestarted(spec, end) || isServed) return comeToRest(turn, process, { ...end, success })
  if (startLimitReached(turn, process, end.cause)) return
  comeBack(turn, process, end)
}

/** It is to be restarted, as soon as everything that restarts are held back by allows it. */
function comeBack(turn: Turn, process: Process, end: End): void {
  if (process.jobs.length > 0) return comeBackAlone(turn, process, end)
  const counted = recordFall(turn.world, process)
  const fallen = counted.falls.length === 0 ? counted : spend(turn, counted, end.cause)
  if (fallen === null) return
  comeBackAlone(turn, fallen, end)
  fallTogether(turn, fallen, end.cause)
}

/**
 * The budgets that count its fall pay for a restart.
 * @returns the process, which comes back, be it after another one that is to blame; null where it was given up
 */
function spend(turn: Turn, process: Process, cause: Reason): Process | null {
  put(turn, { ...process, revives: true, state: { tag: 'waiting', reason: cause, hopeless: false } })
  const spent = spentBudget(turn.world, process)
  if (spent !== null) giveUp(turn, { spent, cause })
  const present = turn.world.processes.get(process.id)
  return present?.state.tag === 'waiting' ? present : null
}

function comeBackAlone(turn: Turn, process: Process, end: End): void {
  const policy = flapPolicyOf(process, turn.world.settings.flap)
  if (policy === null) return comeBackLater(turn, { ...process, flap: calm }, end)
  const { flap, restUntil: until } = afterFall(process.flap, policy, turn.world.now)
  const counted = { ...process, flap }
  if (until === null) return comeBackLater(turn, counted, end)
  const reason = since(turn, { tag: 'flapping', restarts: policy.restarted }, end.cause)
  put(turn, { ...counted, revives: true, state: { tag: 'backoff', reason, until } })
}

function comeBackLater(turn: Turn, process: Process, end: End): void {
  if (cannotBegin(end.cause)) retryLater(turn, process, end)
  else delay(turn, process, end)
}

/** It was over before anything ran. */
function cannotBegin(cause: Reason): boolean {
  return cause.tag === 'spawn-failed' || lacksPrerun(cause)
}

function lacksPrerun({ tag, because }: Reason): boolean {
  return tag === 'prerun-failed' && because?.tag === 'no-such-oneshot'
}

/** The policy does not restart it. [RS2] */
function comeToRest(turn: Turn, process: Process, { cause, exit, success }: End & { success: boolean }): void {
  const completed = success && (process.spec.oneshot || !process.spec.endIsFailure)
  const why = completed ? null : whyNotRestarted(process, { cause, exit })
  const reason = why === null ? cause : since(turn, why, cause)
  const state = completed
    ? ({ tag: 'completed', reason } as const)
    : ({ tag: 'failed', reason, retryAt: never } as const)
  // An attempt that failed in its preruns has not used up a number.
  const run = cause.tag === 'prerun-failed' ? process.runs + 1 : process.runs
  finishJob(turn, { ...process, state }, { run, outcome: completed ? 'done' : 'failed' })
}

/** null where the policy has no part in it. */
function whyNotRestarted({ spec }: Process, ending: Ending): Fact | null {
  const code = preventingCode(spec, ending)
  if (code !== null) return { tag: 'restart-prevented', code }
  return isRestarted(spec, ending) ? null : { tag: 'not-restarted', policy: spec.restart }
}

/** Too many starts in too short a time: it gives up. [RS5] */
function startLimitReached(turn: Turn, process: Process, cause: Reason): boolean {
  const limit = process.spec.startLimit
  if (limit === null) return false
  const starts = process.starts.filter((at) => at > turn.world.now - limit.interval).length
  if (starts < limit.burst) return false
  const reason = since(turn, { tag: 'start-limit', starts, interval: limit.interval }, cause)
  failForGood(turn, process, reason)
  afterStartLimit(turn, process, reason)
  return true
}

/** What was declared to follow. In a daemon nothing ends everything. [RS11] [RS12] */
function afterStartLimit(turn: Turn, process: Process, cause: Reason): void {
  const { onStartLimit, name } = process.spec
  if (onStartLimit === 'nothing') return
  if (onStartLimit === 'stop-tree' || !turn.world.settings.mayEnd) return stopTree(turn, process, cause)
  turn.verdict ??= { reason: since(turn, { tag: 'limit-exit', process: name }, cause), code: 1 }
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
