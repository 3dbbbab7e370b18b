import { listOf } from '../../lib/text.ts'
import type { Condition } from '../spec.ts'
import { named, type World } from '../world.ts'

/** What one process is to another, seen from the one that everything is told of. */
export function relationOf(
  world: World,
  { from, to, root }: { readonly from: string; readonly to: string; readonly root: string },
): string {
  const isParent = named(world, from)?.spec.parent === to
  if (from === root) return isParent ? 'its parent' : 'which it depends on'
  return isParent ? `the parent of ${from}` : `which ${from} depends on`
}

/** `is ready`: what is waited for. */
export function conditionMet(condition: Condition): string {
  return { started: 'has started', ready: 'is ready', completed: 'has ended', completed_successfully: 'has succeeded' }[
    condition
  ]
}

/** `to be ready`: what is needed. */
export function conditionNeeded(condition: Condition): string {
  const { [condition]: needed } = {
    started: 'to have started',
    ready: 'to be ready',
    completed: 'to have ended',
    completed_successfully: 'to have succeeded',
  }
  return needed
}

/** `a, which stands on it, is gone`. @param count how many they are, where they are too many to name */
export function areGone(names: readonly string[], count = names.length): string {
  if (names.length === 0) return `${count} processes that stand on it are gone`
  const who = listOf(names)
  return names.length === 1 ? `${who}, which stands on it, is gone` : `${who}, which stand on it, are gone`
}
