import { assertNever } from '../lib/assert.ts'
import { never } from '../lib/time.ts'
import { chainOf, explain, explainAftermath, explainState } from '../core/explain.ts'
import { liveRun, type Process, type State } from '../core/process.ts'
import type { LogLevel } from '../core/spec.ts'
import type { Transition } from '../core/transitions.ts'
import type { World } from '../core/world.ts'
import type { Change } from '../store/recorder.ts'
import type { Log } from './log.ts'

/** Writes what happened into the supervisor's log: a line for each thing a person would want to know. [LG1] */
export function narrate(log: Log, { before, after, transitions }: Change): void {
  if (before.phase !== after.phase) tellPhase(log, before, after)
  for (const transition of transitions) tell(log, transition, after.now)
  if (before.phase !== after.phase && after.phase.tag === 'over') tellOver(log, after.phase)
  const held = after.specials.current
  if (held !== null && before.specials.current?.stage !== held.stage) {
    log.write({ level: 'info', process: held.call.name, message: specialLine(held) })
  }
}

function tell(log: Log, transition: Transition, now: number): void {
  const { process, to } = transition
  const { level, text } = lineOf(transition, now)
  const pid = liveRun(process.state)?.pid ?? null
  const exit = process.exit?.tag === 'unknown' || process.exit === null ? {} : { exit: exitField(process.exit) }
  const status = to === null ? {} : { status: to }
  const fields = { ...status, run: process.runs, ...(pid === null ? {} : { pid }), ...exit }
  log.write({ level, process: process.spec.name, message: text, fields })
  if (process.aftermath !== null && pid === null && process.state.tag !== 'spawning') {
    log.write({ level: 'warn', process: process.spec.name, message: explainAftermath(process.aftermath) })
  }
}

function lineOf({ process, from, to, becameReady }: Transition, now: number): { level: LogLevel; text: string } {
  const { state } = process
  const why = explain(state.reason)
  if (to === null) return { level: 'info', text: `deleted: ${why}` }
  if (from === null && state.tag === 'stopped') return { level: 'info', text: `declared: ${why}` }
  const fall = fallOf(process, now)
  switch (state.tag) {
    case 'waiting':
      if (fall !== null) return { level: 'warn', text: `${fall}; ${why}` }
      return { level: state.hopeless ? 'warn' : 'debug', text: state.hopeless ? `blocked: ${why}` : why }
    case 'preparing':
      return { level: 'info', text: why }
    case 'spawning':
      return fall === null
        ? { level: 'debug', text: `starts (${why})` }
        : { level: 'warn', text: `${fall}; restarts at once` }
    case 'starting':
      return { level: state.ready?.last ? 'debug' : 'info', text: `started, pid ${state.run.pid}; ${why}` }
    case 'running':
      return {
        level: isAsItShouldBe(process, state) ? 'info' : 'warn',
        text: becameReady ? `running, pid ${state.run.pid}; ${why}` : why,
      }
    case 'stopping':
      return { level: isFault(state.reason.tag) ? 'warn' : 'info', text: `goes down: ${why}` }
    case 'delayed':
    case 'backoff':
      return { level: 'warn', text: explainState({ ...process, aftermath: null }, now) }
    case 'failed':
      return { level: 'error', text: `failed: ${explainState({ ...process, aftermath: null }, now)}` }
    case 'completed':
      return { level: 'info', text: `completed: ${why}` }
    case 'stopped':
      return { level: 'info', text: `stopped: ${why}` }
    case 'stuck':
      return { level: 'error', text: `stuck: ${why}` }
    default:
      return assertNever(state)
  }
}

/** Not yet ready by its age is no fault; ready by its silence is odd. */
function isAsItShouldBe({ spec }: Process, { isReady, readyAt, reason }: Extract<State, { tag: 'running' }>): boolean {
  return (isReady && reason.tag !== 'assumed-ready') || spec.oneshot || readyAt !== never
}

/** An end in which nothing had to go down is over in the same step: its reason is told all the same. */
function tellPhase(log: Log, before: World, { phase }: World): void {
  if (before.phase.tag !== 'ending' && (phase.tag === 'ending' || phase.tag === 'over')) {
    const level = phase.code === 0 ? 'info' : 'error'
    log.write({
      level,
      process: null,
      message: `shutting down: ${explain(phase.reason)}`,
      fields: { code: phase.code },
    })
  } else if (phase.tag === 'ending' && phase.forced && before.phase.tag === 'ending' && !before.phase.forced) {
    log.write({
      level: 'warn',
      process: null,
      message: `forced: SIGKILL to everything that is left (${explain(phase.reason)})`,
    })
  }
}

function tellOver(log: Log, { code }: Extract<World['phase'], { tag: 'over' }>): void {
  log.write({ level: 'info', process: null, message: `over, exit code ${code}`, fields: { code } })
}

function specialLine({ call, stage, holds }: { call: { by: string }; stage: string; holds: boolean }): string {
  if (stage === 'clearing') return `called by ${call.by}: everything goes down first`
  return holds ? 'everything is down: runs now' : `called by ${call.by}: runs now`
}

/** How the process ended by itself just now, where its state already tells of what comes next. */
function fallOf({ spec, state }: Process, now: number): string | null {
  const fall = chainOf(state.reason).find((link) => link.tag === 'exited' && link.process === spec.name)
  return fall === undefined || fall.at < now ? null : explain(fall)
}

function isFault(tag: string): boolean {
  return tag === 'exited' || tag === 'check-failed' || tag === 'start-timeout' || tag === 'watchdog-silent'
}

function exitField(exit: { tag: 'code'; code: number } | { tag: 'signal'; signal: string }): string {
  return exit.tag === 'code' ? String(exit.code) : exit.signal
}
