import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { status, type Status } from './status.ts'
import type { World } from './world.ts'

/** One process moved: what a journal line, an event and a log line are made from. */
export interface Transition {
  /** As it is now; one that has left, as it was when it left. */
  readonly process: Process
  /** As it was; null: it was not there. */
  readonly before: Process | null
  /** null: it was not there. */
  readonly from: Status | null
  /** null: it has left the world. */
  readonly to: Status | null
  readonly becameReady: boolean
  readonly reason: Reason
}

/** What happened between two worlds, read off them; nobody announces it by hand. In the order of ids. */
export function transitions(before: World, after: World): Transition[] {
  const found: Transition[] = []
  if (before.processes === after.processes) return found
  const departed = new Map(after.departed.map((process) => [process.id, process]))
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    const process = now ?? departed.get(then?.id ?? 0)
    if (process === undefined) continue
    const { reason } = process.state
    if (now === undefined || then === undefined) {
      const [from, to] = [then === undefined ? null : status(then), now === undefined ? null : status(now)]
      const becameReady = now !== undefined && isReady(now)
      found.push({ process, before: then ?? null, from, to, becameReady, reason })
      continue
    }
    const becameReady = isReady(now) && !isReady(then)
    const moved = then.state.tag !== now.state.tag || then.runs !== now.runs || isReady(now) !== isReady(then)
    const explained = then.state.reason.tag !== now.state.reason.tag
    if (!moved && !explained) continue
    found.push({ process, before: then, from: status(then), to: status(now), becameReady, reason })
  }
  return found
}

function isReady({ state }: Process): boolean {
  return state.tag === 'running' && state.isReady
}
