import { describeState, isHopeless, isMet } from './edges.ts'
import { groundIn, isAlive, isWanted, type Process } from './process.ts'
import type { Edge } from './spec.ts'

/**
 * What the planner would otherwise have to count among the neighbours of a process whenever it looks at it: with 10,000
 * of them, again and again. `put` keeps it; `tallyOf` says what it means.
 */
export interface Tally {
  /** Its edges whose condition is not met; of those, the ones that nothing but an operator can make true. */
  readonly unmet: number
  readonly hopeless: number
  /** Edges to it from processes that live; that live and go down or stand on a run of it; that stand on a run of it. */
  readonly alive: number
  readonly leaving: number
  readonly standing: number
}

export const nothingTallied: Tally = { unmet: 0, hopeless: 0, alive: 0, leaving: 0, standing: 0 }

/** What `edge` counts for in the tally of the process that has it. `other` is undefined where no process has that name. */
export function weightBelow(other: Process | undefined, edge: Edge): Tally {
  if (other === undefined) return { ...nothingTallied, unmet: 1, hopeless: 1 }
  if (isMet(other, edge)) return nothingTallied
  return { ...nothingTallied, unmet: 1, hopeless: isHopeless(other, edge) ? 1 : 0 }
}

/** What an edge of `dependent` counts for in the tally of the process that it leads to. */
export function weightAbove(dependent: Process, { to }: Edge): Tally {
  const { state } = dependent
  if (!isAlive(state)) return nothingTallied
  const stands = groundIn(state).has(to)
  const leaves = stands || state.tag === 'stopping' || state.tag === 'stuck'
  return { ...nothingTallied, alive: 1, leaving: leaves ? 1 : 0, standing: stands ? 1 : 0 }
}

export function plus(tally: Tally, added: Tally, removed: Tally = nothingTallied): Tally {
  return {
    unmet: tally.unmet + added.unmet - removed.unmet,
    hopeless: tally.hopeless + added.hopeless - removed.hopeless,
    alive: tally.alive + added.alive - removed.alive,
    leaving: tally.leaving + added.leaving - removed.leaving,
    standing: tally.standing + added.standing - removed.standing,
  }
}

/** Whether those who depend on it see a difference. */
export function looksDifferent(before: Process, after: Process): boolean {
  const [then, now] = [before.state, after.state]
  if (then === now) return before.jobs.length > 0 !== after.jobs.length > 0
  return (
    then.tag !== now.tag ||
    then.reason.tag !== now.reason.tag ||
    before.runs !== after.runs ||
    describeState(before) !== describeState(after)
  )
}

/** Whether those it depends on see a difference. */
export function weighsDifferently(before: Process, after: Process): boolean {
  const [then, now] = [before.state, after.state]
  return (
    then.tag !== now.tag || groundIn(then) !== groundIn(now) || (isAlive(now) && isWanted(before) !== isWanted(after))
  )
}
