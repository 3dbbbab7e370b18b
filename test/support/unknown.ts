import { nearMiss } from '../../src/lib/near-miss.ts'
import { listOf } from '../../src/lib/text.ts'
import { refused, type Refusal } from '../../src/wire/refusal.ts'

/** For a target that stands for no process: the nearest of `known`, or those there are, as a daemon says it. */
export function unknownProcess(target: string, known: readonly string[]): { ok: false; failure: Refusal } {
  return refused('unknown-process', `There is no process "${target}".`, hintFor(target, known, 'processes'))
}

/** For a name or id that no group has. */
export function unknownGroup(target: string, known: readonly string[]): { ok: false; failure: Refusal } {
  return refused('unknown-group', `There is no group "${target}".`, hintFor(target, known, 'groups'))
}

function hintFor(target: string, known: readonly string[], noun: 'processes' | 'groups'): string {
  const near = nearMiss(target, known)
  if (near !== null) return `Did you mean "${near}"?`
  if (known.length === 0) return `There are no ${noun} at all.`
  // All names where they are few enough to be read.
  const shown = known.slice(0, 12)
  if (known.length > shown.length) return `There are ${shown.join(', ')} and others.`
  return `There ${known.length === 1 ? 'is' : 'are'} ${listOf(known)}.`
}
