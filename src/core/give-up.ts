import { membersOf, rootOf, whatItHangsFrom, type Spent } from './budget.ts'
import { failJobs, withdrawJobs } from './jobs.ts'
import { never } from '../lib/time.ts'
import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { isMember } from './stir.ts'
import { beginStop } from './stop.ts'
import { enter, put, since, type Turn } from './turn.ts'

/**
 * A group, or what hangs from a process, was restarted too often. That is a failure of what it hangs from, which is
 * restarted, once, and everything comes back with it; where there is no such thing, all of it goes down for good. [GP6] [GP7]
 */
export function giveUp(turn: Turn, { spent, cause }: { spent: Spent; cause: Reason }): void {
  const { of, name, restarts, budget } = spent
  const reason = since(turn, { tag: 'budget-spent', of, name, restarts, period: budget.period }, cause)
  for (const member of membersOf(turn.world, spent)) {
    if (member.falls.length > 0) put(turn, { ...member, falls: [] })
  }
  const above = whatItHangsFrom(turn.world, spent)
  // What is over cannot fall once more.
  if (above === null || above.state.tag === 'completed') return failAll(turn, spent, reason)
  takeDown(turn, above, since(turn, { tag: 'failed-below', of, name }, reason))
}

/** Of a tree only the root, if it can fail: the others go down with it, and are blocked. */
function failAll(turn: Turn, spent: Spent, reason: Reason): void {
  const members = membersOf(turn.world, spent)
  const root = spent.of === 'tree' ? members.find(({ spec }) => spec.name === spent.name) : undefined
  const doomed = root === undefined || root.state.tag === 'completed' ? members : [root]
  for (const { id } of doomed) {
    const member = turn.world.processes.get(id)
    if (member !== undefined) giveUpOn(turn, member, reason)
  }
}

/** Stops the tree that a process is in, from its root, for the process has reached its start limit. [RS11] */
export function stopTree(turn: Turn, process: Process, cause: Reason): void {
  const root = rootOf(turn.world, process)
  if (root.id === process.id) return
  giveUpOn(turn, root, since(turn, { tag: 'tree-stopped', process: process.spec.name }, cause))
}

/** Takes a process down if it is up. One that is on its way down already comes back as its own reason says. */
export function takeDown(turn: Turn, process: Process, reason: Reason): void {
  const { state } = process
  if (state.tag === 'spawning') enter(turn, process, { ...state, doom: reason })
  if (state.tag === 'starting' || state.tag === 'running') beginStop(turn, process, { run: state.run, reason })
}

/** Has a process that is wanted fail for good, as soon as nothing of it is left. What is over stays as it is. */
function giveUpOn(turn: Turn, process: Process, reason: Reason): void {
  const { state } = process
  if (!isMember(process)) return
  switch (state.tag) {
    case 'spawning':
    case 'starting':
    case 'running':
      return takeDown(turn, process, reason)
    case 'stopping':
      return enter(turn, process, { ...state, reason })
    case 'stuck':
      return enter(turn, process, { ...state, reason: { ...state.reason, because: reason } })
    case 'waiting':
    case 'preparing':
    case 'delayed':
    case 'backoff':
    case 'failed':
      return failForGood(turn, process, reason)
    case 'stopped':
    case 'completed':
      return
  }
}

/** It has failed, and only a person can change that. */
export function failForGood(turn: Turn, process: Process, reason: Reason): void {
  if (process.state.tag === 'failed' && process.state.retryAt === never) return
  failJobs(turn, { ...process, state: { tag: 'failed', reason, retryAt: never } })
  if (process.state.tag === 'preparing') withdrawJobs(turn, process)
}
