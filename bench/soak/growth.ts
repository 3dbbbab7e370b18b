import { median } from '../measure.ts'
import type { Sample } from './watch.ts'

/** The runtime needs some minutes until its heap has found its size: of shorter runs memory says nothing. */
const shortest = 600

/** Says what grew from the middle third of the run to its last; nothing if all is well. */
export function growthIn(samples: readonly Sample[]): string[] {
  const third = Math.floor(samples.length / 3)
  if (third < 5) return []
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(-third)]
  const descriptors = compare(middle, last, (sample) => sample.descriptors)
  const resident = compare(middle, last, (sample) => sample.resident / 2 ** 20)
  const isLong = samples.length >= shortest
  return [
    ...(descriptors.late > descriptors.early + 5 ? [`open descriptors grew from ${told(descriptors)}`] : []),
    ...(isLong && resident.late > resident.early * 1.1 + 4 ? [`resident memory grew from ${told(resident)} MiB`] : []),
  ]
}

interface Change {
  readonly early: number
  readonly late: number
}

function compare(early: readonly Sample[], late: readonly Sample[], of: (sample: Sample) => number): Change {
  return { early: median(early.map(of)), late: median(late.map(of)) }
}

function told({ early, late }: Change): string {
  return `${early.toFixed(0)} to ${late.toFixed(0)}`
}
