import type { Exit } from '../../src/core/exit.ts'
import type { SignalName } from '../../src/lib/signals.ts'
import type { Millis } from '../../src/lib/time.ts'
import type { VirtualClock } from './clock.ts'
import type { Manners } from './habit.ts'

/** One process of the simulated host: it lives, takes signals after its manner, and dies once. */
export class Life {
  readonly pid: number
  readonly escaped: boolean
  isAlive = true
  /** Got SIGKILL while it lived. */
  wasKilled = false
  private manners: Manners
  private readonly clock: VirtualClock
  private readonly onDeath: (exit: Exit) => void
  private end: { at: number; callOff: () => void } | null = null

  constructor(input: { pid: number; manners: Manners; clock: VirtualClock; onDeath: (exit: Exit) => void }) {
    this.pid = input.pid
    this.manners = input.manners
    this.escaped = input.manners.escaped === true
    this.clock = input.clock
    this.onDeath = input.onDeath
  }

  /** Ends `after` so long, unless it ends earlier for another reason. */
  endsAfter(after: Millis, exit: Exit): void {
    const at = this.clock.now() + after
    if (!this.isAlive || (this.end !== null && this.end.at <= at)) return
    this.end?.callOff()
    this.end = { at, callOff: this.clock.after(after, () => this.die(exit)) }
  }

  takes(signal: SignalName): void {
    if (!this.isAlive) return
    const { obeysAfter = 5, diesAfter = 0 } = this.manners
    if (signal === 'SIGKILL') this.wasKilled = true
    const after = signal === 'SIGKILL' ? diesAfter : obeysAfter
    if (after !== 'never') this.endsAfter(after, { tag: 'signal', signal })
  }

  /** From now on it behaves: what it was about to do is off, and a SIGKILL that it has survived so far works. */
  calmDown(): void {
    this.manners = { obeysAfter: 5, diesAfter: 0 }
    this.end?.callOff()
    this.end = null
    if (this.wasKilled) this.endsAfter(0, { tag: 'signal', signal: 'SIGKILL' })
  }

  private die(exit: Exit): void {
    this.isAlive = false
    this.end = null
    this.onDeath(exit)
  }
}
