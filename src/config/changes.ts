import { isDeepStrictEqual } from 'node:util'

import type { ProcessSpec } from '../core/spec.ts'
import { aspects, type Aspect } from './aspects.ts'
import { flow } from './flow.ts'

/** One difference, in the words of our dialect; values as they would be written in a file. */
export interface FieldChange {
  readonly field: string
  readonly from: string
  readonly to: string
}

export interface Changes {
  /** In the order of the keys of a process. */
  readonly fields: readonly FieldChange[]
  /** Whether something changed that only a new run can take over. */
  readonly restarts: boolean
}

/** What is different between two specs of one process: in what is meant, however it is written. [CD29] */
export function changesBetween(before: ProcessSpec, after: ProcessSpec): Changes {
  const [old, present] = [aspects(before), aspects(after)]
  const names = new Set([...present.keys(), ...old.keys()])
  const changed = [...names].filter((name) => !isDeepStrictEqual(old.get(name)?.value, present.get(name)?.value))
  return {
    fields: changed.map((name) => fieldChange(name, old.get(name), present.get(name))),
    restarts: changed.some((name) => (old.get(name) ?? present.get(name))?.restarts === true),
  }
}

function fieldChange(field: string, before: Aspect | undefined, after: Aspect | undefined): FieldChange {
  const [from, to] = [written(before), written(after)]
  // The same words, and yet another meaning: a variable, or the directory, has changed.
  return from === to ? { field, from: meant(before), to: meant(after) } : { field, from, to }
}

/** As it was declared, else what is meant. */
function written(aspect: Aspect | undefined): string {
  return aspect?.said === undefined ? meant(aspect) : flow(aspect.said)
}

function meant(aspect: Aspect | undefined): string {
  if (aspect === undefined) return 'none'
  return aspect.text ?? flow(aspect.value)
}
