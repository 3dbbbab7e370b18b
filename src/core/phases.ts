import { freshMemory, probesOf, type Verdict } from './check.ts'
import { judge } from './judge.ts'
import type { ProbeToken } from './events.ts'
import { isAlive, type Process } from './process.ts'
import { never } from '../lib/time.ts'
import type { Actor, Reason } from './reason.ts'
import { kill } from './stop.ts'
import { since, touchAll, enter, type Turn } from './turn.ts'
import { rest } from './after.ts'
import type { Phase } from './world.ts'

type Ending = Extract<Phase, { tag: 'ending' }>

/** How long what survives a forced end is waited for. */
const lastPatience = 2000

/** Begins: the prologue's checks in order, then the tree. [RN1] */
export function begin(turn: Turn, by: Actor): void {
  const reason = since(turn, { tag: 'asked', by })
  // What was restored may live on what is gone.
  touchAll(turn)
  if (turn.world.settings.prologue.length === 0) return goUp(turn, reason)
  enterPhase(turn, { tag: 'prologue', reason, index: 0, misses: 0, attempt: 0, askAt: turn.world.now })
}

/** Asks the check of the prologue whose turn it is. */
export function askPrologue(turn: Turn): void {
  const { phase, settings } = turn.world
  if (phase.tag !== 'prologue' || phase.askAt > turn.world.now) return
  const monitor = settings.prologue[phase.index]
  if (monitor === undefined) return
  const attempt = phase.attempt + 1
  enterPhase(turn, { ...phase, attempt, askAt: never })
  const token: ProbeToken = { process: 0, run: 0, slot: phase.index, attempt }
  turn.effects.push({ tag: 'ask', token, probes: probesOf(monitor.check), spec: null })
}

/** The verdicts of a check of the prologue: the next one, the tree, one more try (`retries`), or the end. [RN1] */
export function onPrologueVerdicts(turn: Turn, token: ProbeToken, verdicts: readonly Verdict[]): void {
  const { phase, settings, now } = turn.world
  if (
    phase.tag !== 'prologue' ||
    token.slot !== phase.index ||
    token.attempt !== phase.attempt ||
    phase.askAt !== never
  )
    return
  const monitor = settings.prologue[phase.index]
  if (monitor === undefined) return
  const [verdict] = judge(monitor.check, freshMemory(monitor.check), { verdicts, now, strict: true })
  const misses = phase.misses + 1
  if (!verdict.ok && monitor.check.tag === 'retries' && misses <= monitor.check.retries) {
    return enterPhase(turn, { ...phase, misses, askAt: now + Math.min(monitor.period, 1000) })
  }
  if (!verdict.ok) {
    const reason = since(turn, { tag: 'prologue-failed', check: monitor.name, detail: verdict.detail }, phase.reason)
    return beginEnding(turn, { reason, code: 1 })
  }
  if (phase.index + 1 === settings.prologue.length) return goUp(turn, phase.reason)
  enterPhase(turn, { ...phase, index: phase.index + 1, misses: 0, askAt: now })
}

function goUp(turn: Turn, reason: Reason): void {
  enterPhase(turn, { tag: 'up', reason })
  for (const process of turn.world.processes.values()) {
    if (process.want.up && process.state.tag === 'stopped')
      enter(turn, process, { tag: 'waiting', reason, hopeless: false })
  }
  touchAll(turn)
}

/** Takes everything down, in reverse order, and ends with this code. A later call changes neither code nor reason. [RN4] */
export function beginEnding(turn: Turn, { reason, code }: { reason: Reason; code: number }): void {
  const { phase, now, settings } = turn.world
  if (phase.tag === 'ending' || phase.tag === 'over') return
  enterPhase(turn, { tag: 'ending', reason, code, forceAt: now + settings.shutdownMax, forced: false })
  turn.world = { ...turn.world, specials: { queue: [], current: null, armed: false } }
  for (const process of turn.world.processes.values()) {
    if (isAlive(process.state)) turn.dirty.add(process.id)
    else if (!isAtRest(process)) rest(turn, process, reason)
  }
}

/** Nothing is planned for it: it stays as it is, with its own reason. */
function isAtRest({ state, jobs }: Process): boolean {
  return jobs.length === 0 && (state.tag === 'stopped' || state.tag === 'completed' || hasFailed(state))
}

function hasFailed(state: { tag: string; retryAt?: number }): boolean {
  return state.tag === 'failed' && state.retryAt === never
}

/** Somebody asks for the end. One that is under way by itself goes on, and has been asked for now. [RN4] [RN5] */
export function askForTheEnd(turn: Turn, reason: Reason): void {
  const { phase } = turn.world
  if (phase.tag === 'ending') return enterPhase(turn, { ...phase, reason: { ...reason, because: phase.reason } })
  beginEnding(turn, { reason, code: 0 })
}

/** SIGKILL to everything, now; the exit code is 1 from here on. [RN5] [RN6] */
export function force(turn: Turn, reason: Reason): void {
  const { phase, now } = turn.world
  if (phase.tag !== 'ending') return
  if (phase.forced) return now >= phase.forceAt ? endPhase(turn, phase) : undefined
  enterPhase(turn, {
    ...phase,
    reason,
    code: phase.code === 0 ? 1 : phase.code,
    forced: true,
    forceAt: now + lastPatience,
  })
  for (const process of turn.world.processes.values()) {
    if (process.state.tag === 'stopping') kill(turn, process, process.state)
    turn.dirty.add(process.id)
  }
}

/** Ends once nothing is alive. [RN4] */
export function endWhenAllGone(turn: Turn): void {
  const { phase, census } = turn.world
  if (phase.tag === 'ending' && census.alive === 0) endPhase(turn, phase)
}

/** Under `up`: when nothing runs or can run again by itself, that is the end. [RN7] */
export function endWhenDone(turn: Turn): void {
  const { phase, settings, specials, census } = turn.world
  if (phase.tag !== 'up' || !settings.endsWhenDone || census.lasting > 0) return
  if (specials.current !== null || specials.queue.length > 0) return
  beginEnding(turn, { reason: since(turn, { tag: 'nothing-left-to-run' }), code: census.failed === 0 ? 0 : 1 })
}

function endPhase(turn: Turn, { reason, code }: Ending): void {
  enterPhase(turn, { tag: 'over', reason, code })
  turn.effects.push({ tag: 'end', code })
}

function enterPhase(turn: Turn, phase: Phase): void {
  turn.world = { ...turn.world, phase }
}
