import { never } from '../lib/time.ts'
import type { Process } from './process.ts'
import type { GroupPolicy } from './spec.ts'

/** What goes on in a group whose members fall together. `put` keeps it; who starts must look at it. */
export interface Stir {
  /** Members that go down, and are wanted. */
  readonly falling: number
  /** Members that fell, and wait out a delay. */
  readonly resting: number
}

export const noStir: Stir = { falling: 0, resting: 0 }

/** Finds it out from nothing: for a new world, and where the members or the policies have changed. */
export function stirsOf(
  processes: Iterable<Process>,
  groups: ReadonlyMap<string, GroupPolicy>,
): ReadonlyMap<string, Stir> {
  const together = [...groups].filter(([, { strategy }]) => strategy !== 'one_for_one')
  const stirs = new Map(together.map(([name]) => [name, noStir]))
  if (stirs.size === 0) return stirs
  for (const process of processes) {
    for (const group of new Set(process.spec.groups)) {
      const stir = stirs.get(group)
      if (stir !== undefined) stirs.set(group, restirred(stir, undefined, process))
    }
  }
  return stirs
}

/** The same after a member has changed. */
export function restirred({ falling, resting }: Stir, before: Process | undefined, after: Process): Stir {
  return {
    falling: falling + Number(isFalling(after)) - Number(before !== undefined && isFalling(before)),
    resting: resting + Number(isResting(after)) - Number(before !== undefined && isResting(before)),
  }
}

/** Whether it is a member like others: wanted by an operator, and not at work for somebody who called for it. */
export function isMember({ want, jobs }: Process): boolean {
  return want.up && jobs.length === 0
}

/** On its way down, to come back. */
export function isFalling(process: Process): boolean {
  const { state } = process
  if (!isMember(process)) return false
  return state.tag === 'stopping' || state.tag === 'stuck' || (state.tag === 'spawning' && state.doom !== null)
}

/** It fell, and its delay is not over. */
export function isResting(process: Process): boolean {
  const { state } = process
  if (!isMember(process)) return false
  return state.tag === 'delayed' || state.tag === 'backoff' || (state.tag === 'failed' && state.retryAt !== never)
}
