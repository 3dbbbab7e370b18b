import type { Together } from './events.ts'
import { takeDown } from './give-up.ts'
import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { isMember } from './stir.ts'
import { since, type Turn } from './turn.ts'
import { named, type World } from './world.ts'

/** It fell and is to be restarted: those of its groups that fall with it are taken down. [GP2] [GP3] */
export function fallTogether(turn: Turn, { id, spec }: Process, cause: Reason): void {
  for (const group of new Set(spec.groups)) {
    const strategy = turn.world.settings.groups.get(group)?.strategy ?? 'one_for_one'
    if (strategy === 'one_for_one') continue
    const reason = since(turn, { tag: 'member-fell', group, process: spec.name }, cause)
    for (const other of turn.world.members.get(group) ?? []) {
      if (other === id || (strategy === 'rest_for_one' && other < id)) continue
      const member = turn.world.processes.get(other)
      if (member !== undefined && isMember(member)) takeDown(turn, member, reason)
    }
  }
}

/** The others that are stopped when an operator stops this one, with the group and the member to blame. [GP4] */
export function stoppedWith(world: World, { spec }: Process): ReadonlyMap<number, Together> {
  const stopped = new Map<number, Together>()
  const names = [spec.name]
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    for (const group of named(world, name)?.spec.groups ?? []) {
      if (world.settings.groups.get(group)?.stopTogether !== true) continue
      for (const id of world.members.get(group) ?? []) {
        const member = world.processes.get(id)
        if (member === undefined || member.spec.name === spec.name || stopped.has(id)) continue
        stopped.set(id, { group, process: name })
        names.push(member.spec.name)
      }
    }
  }
  return stopped
}
