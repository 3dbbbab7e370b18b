import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { isResting } from './stir.ts'
import type { World } from './world.ts'

/**
 * What goes on in a group that stands in the way of the start of a member: others go down with one that fell, or one with
 * which it fell waits out its delay. All of them come back together. [GP2] [GP3]
 */
export function groupInTheWay(world: World, process: Process): Reason | null {
  if (world.stirs.size === 0) return null
  for (const group of process.spec.groups) {
    const stir = world.stirs.get(group)
    if (stir === undefined) continue
    const at = world.now
    if (stir.falling > 0) return { at, tag: 'waits-for-group', group, until: 'gone' }
    if (stir.resting > 0 && fellWithOne(world, process, group))
      return { at, tag: 'waits-for-group', group, until: 'restarted' }
  }
  return null
}

/** Whether it is of those who fall with a member that waits out its delay. */
function fellWithOne(world: World, { id }: Process, group: string): boolean {
  if (world.settings.groups.get(group)?.strategy !== 'rest_for_one') return true
  return (world.members.get(group) ?? []).some((other) => {
    const member = other < id ? world.processes.get(other) : undefined
    return member !== undefined && isResting(member)
  })
}
