import type { Tribe } from './census.ts'
import type { Channel } from './notify/notifier.ts'
import type { Leftover, RunNews } from './ports.ts'
import type { ProcessHandle } from './process.ts'

/** One run on this host. */
export interface Run extends Tribe {
  readonly key: string
  readonly main: ProcessHandle
  readonly channel: Channel
  readonly news: (news: RunNews) => void
  phase: Phase
  /** The signal that everyone of the run gets as soon as found, until nobody is left. */
  sweep: Sweep | null
  /** Who got SIGKILL, besides the main process. */
  readonly killed: Map<number, Leftover>
}

export type Phase =
  | { readonly tag: 'running' }
  /** The main process has ended, and this is not yet told. */
  | { readonly tag: 'ended' }
  /** It is told, and somebody is left. */
  | { readonly tag: 'left' }
  | { readonly tag: 'over' }

export interface Sweep {
  readonly signal: number
  /** Who has got it: start times by pid. */
  readonly reached: Map<number, number>
}
