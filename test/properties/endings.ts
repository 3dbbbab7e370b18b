import type { Event } from '../../src/core/events.ts'
import { exitStatus } from '../../src/core/exit.ts'
import type { Reason } from '../../src/core/reason.ts'
import { named, type World } from '../../src/core/world.ts'
import type { Instant } from '../../src/lib/time.ts'
import type { Scene } from './scene.ts'

/** With which exit code the run of the supervisor should end, and why. */
export interface ExpectedEnd {
  readonly reason: string
  readonly code: number
}

/** Follows a run through its steps: what the first cause of its end asks for, and what force makes of it. [RN1] – [RN8] */
export function endOf(scene: Scene, known: ExpectedEnd | null): ExpectedEnd | null {
  const { before, after } = scene
  const isEnding = (world: World): boolean => world.phase.tag === 'ending' || world.phase.tag === 'over'
  const begun = known ?? (isEnding(after) && !isEnding(before) ? causeOf(scene) : null)
  if (begun === null) return null
  return wasForced(scene) && begun.code === 0 ? { ...begun, code: 1 } : begun
}

function wasForced({ before, input, after }: Scene): boolean {
  const { event } = input
  if (event.tag === 'shutdown' && event.force) return before.phase.tag !== 'over'
  if (before.phase.tag !== 'ending') return false
  if (before.phase.forced || after.now >= before.phase.forceAt) return true
  if (before.phase.reason.tag !== 'shutdown') return false // Nobody had asked for the end: it came by itself.
  if (isEcho(input.event, before.phase.reason, after.now)) return false
  const asks = event.tag === 'host-signal' && ['SIGTERM', 'SIGINT', 'SIGQUIT'].includes(event.signal)
  return asks || event.tag === 'shutdown'
}

/** The same Ctrl-C, told twice. */
function isEcho(event: Event, begun: Reason, now: Instant): boolean {
  const isSame = begun.tag === 'shutdown' && begun.by.verb === 'SIGINT' && now - begun.at < 100
  return isSame && event.tag === 'host-signal' && event.signal === 'SIGINT'
}

function causeOf({ before, after, input }: Scene): ExpectedEnd {
  const { phase } = after
  if (phase.tag !== 'ending' && phase.tag !== 'over') throw new Error('it does not end')
  // A forced end says why it was forced; the cause is what came first.
  const { tag } = phase.reason
  const { event } = input
  if (event.tag === 'shutdown') return { reason: 'shutdown', code: 0 }
  const bySpecial = tag === 'shutdown' && phase.reason.because?.tag === 'special'
  if (event.tag === 'host-signal' && tag === 'shutdown' && !bySpecial) return { reason: 'shutdown', code: 0 }
  if (tag === 'prologue-failed' && before.phase.tag === 'prologue') return { reason: tag, code: 1 }
  if (tag === 'limit-exit') return limitExit(after)
  if (tag === 'significant-exit') return significantEnd(after)
  if (bySpecial) return terminated(after)
  if (tag === 'nothing-left-to-run') return nothingLeft(after)
  throw new Error(`it ends because of ${tag}`)
}

/** [RN8] */
function significantEnd(after: World): ExpectedEnd {
  const { phase } = after
  const reason = 'reason' in phase ? phase.reason : null
  if (reason?.tag !== 'significant-exit') throw new Error('unreachable')
  const process = named(after, reason.process)
  if (process?.spec.significant !== true || !after.settings.mayEnd)
    throw new Error(`${reason.process} is not significant`)
  if (!Bun.deepEquals(process.exit, reason.exit)) throw new Error(`${reason.process} did not end that way`)
  return { reason: reason.tag, code: exitStatus(reason.exit) }
}

/** [RS12] */
function limitExit({ phase, settings, ...after }: World): ExpectedEnd {
  const reason = 'reason' in phase ? phase.reason : null
  const name = reason?.tag === 'limit-exit' ? reason.process : ''
  const process = named({ ...after, phase, settings }, name)
  if (!settings.mayEnd || process?.spec.onStartLimit !== 'exit') throw new Error(`${name} may not end everything`)
  return { reason: 'limit-exit', code: 1 }
}

/** [SP5] */
function terminated({ phase, ...after }: World): ExpectedEnd {
  const cause = 'reason' in phase ? phase.reason.because : undefined
  const name = cause?.tag === 'special' ? cause.process : ''
  const special = named({ ...after, phase }, name)
  if (special?.spec.trigger.terminate !== true) throw new Error(`${name} does not terminate`)
  // Called again in the same step, it no longer shows how its turn went.
  if (special.state.tag === 'stopped' && 'code' in phase) return { reason: 'shutdown', code: phase.code }
  return { reason: 'shutdown', code: special.state.tag === 'completed' ? 0 : 1 }
}

/** [RN7] */
function nothingLeft(after: World): ExpectedEnd {
  const all = [...after.processes.values()]
  const alive = all.find(({ state }) => !['stopped', 'completed', 'failed'].includes(state.tag))
  if (alive !== undefined) throw new Error(`nothing is left to run, and ${alive.spec.name} is ${alive.state.tag}`)
  const succeeded = all.every(({ state, want }) => state.tag === 'completed' || (state.tag === 'stopped' && !want.up))
  return { reason: 'nothing-left-to-run', code: succeeded ? 0 : 1 }
}
