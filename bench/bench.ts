import type { Contestant } from './contestants/contestant.ts'
import type { Options } from './options.ts'
import type { Omission, Row } from './report.ts'
import type { Workshop } from './workshop.ts'

/** What every measurement is given. */
export interface Bench extends Options {
  readonly workshop: Workshop
  /** The peers that take part. */
  readonly others: readonly Contestant[]
  /** A peer that fails is told here and left out. */
  readonly omissions: Omission[]
}

export type Measurement = (bench: Bench) => Promise<Row[]>
