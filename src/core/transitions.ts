import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { status, type Status } from './status.ts'
import type { World } from './world.ts'

/** One process moved: what a journal line, an event and a log line are made from. */
export interface Transition {
  readonly process: Process
  readonly from: Status
  readonly to: Status
  readonly becameReady: boolean
  readonly reason: Reason
}

/** What happened between two worlds, read off them; nobody announces it by hand. In the order of ids. */
export function transitions(before: World, after: World): Transition[] {
  const found: Transition[] = []
  if (before.processes === after.processes) return found
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    if (then === undefined || now === undefined) continue
    const becameReady = isReady(now) && !isReady(then)
    const moved = then.state.tag !== now.state.tag || then.runs !== now.runs || isReady(now) !== isReady(then)
    const explained = then.state.reason.tag !== now.state.reason.tag
    if (!moved && !explained) continue
    found.push({ process: now, from: status(then), to: status(now), becameReady, reason: now.state.reason })
  }
  return found
}

function isReady({ state }: Process): boolean {
  return state.tag === 'running' && state.isReady
}
