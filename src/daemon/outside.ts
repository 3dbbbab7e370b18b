import type { Recorder } from '../store/recorder.ts'
import type { Clock, Prober, Spawner } from '../system/ports.ts'

/** The outside world of one engine. The simulation brings its own. */
export interface Ports {
  readonly clock: Clock
  readonly spawner: Spawner
  readonly prober: Prober
  readonly recorder: Recorder
  /** A number in [0, 1). */
  readonly dice: () => number
}
