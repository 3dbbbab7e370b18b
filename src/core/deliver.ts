import { afterAttempt } from './after.ts'
import { afterPrerun } from './launch.ts'
import { beginEnding } from './phases.ts'
import { specialDone } from './specials.ts'
import { since, type Outcome, type Turn } from './turn.ts'
import { named } from './world.ts'

/** Hands what came of this step to those who waited for it: callers of jobs, and the whole run where a process decides its end. */
export function deliver(turn: Turn): void {
  for (let outcome = turn.outcomes.shift(); outcome !== undefined; outcome = turn.outcomes.shift())
    tellCaller(turn, outcome)
  if (turn.verdict !== null) beginEnding(turn, turn.verdict)
}

/** A special is done, or a prerun: its owner goes on, or its attempt has failed. [SP6] */
function tellCaller(turn: Turn, { caller, name, outcome }: Outcome): void {
  if (caller.tag === 'nobody') return
  if (caller.tag === 'special') return specialDone(turn, name, outcome)
  const owner = named(turn.world, caller.owner)
  const waits =
    owner?.state.tag === 'preparing' && owner.runs + 1 === caller.attempt && owner.state.index === caller.index
  if (owner === undefined || !waits) return
  if (outcome === 'done' || owner.spec.prerunFailure === 'ignore') return afterPrerun(turn, owner, caller.index)
  const prerun = named(turn.world, name)
  const because =
    prerun?.spec.oneshot === true ? prerun.state.reason : since(turn, { tag: 'no-such-oneshot', process: name })
  const cause = since(turn, { tag: 'prerun-failed', prerun: name }, because)
  afterAttempt(turn, owner, { cause, exit: null, lived: 0 })
}
