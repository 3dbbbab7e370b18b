import type { Probe, Verdict } from '../../src/core/check.ts'
import type { ProbeContext, Prober } from '../../src/system/ports.ts'
import type { VirtualClock } from './clock.ts'
import type { SimHost } from './host.ts'

/** Whether the probe `id` of the prologue passes when it is asked for the nth time, from 1. */
export type Prologue = (id: string, nth: number) => boolean

/**
 * Asks the programs of a simulated host. It knows `custom` probes alone: `health` asks whether the run is healthy, any
 * other id whether it is ready. A program that takes longer than the probe's timeout is answered for.
 */
export class SimProber implements Prober {
  private readonly clock: VirtualClock
  private readonly host: SimHost
  private readonly prologue: Prologue
  private readonly asked = new Map<string, number>()
  private answered = false

  constructor(input: { clock: VirtualClock; host: SimHost; prologue?: Prologue }) {
    this.clock = input.clock
    this.host = input.host
    this.prologue = input.prologue ?? (() => true)
  }

  ask(probe: Probe, { context, signal }: { context: ProbeContext; signal: AbortSignal }): Promise<Verdict> {
    const id = probe.kind === 'custom' ? probe.id : probe.kind
    const run = context === null ? undefined : this.host.present(context.name)
    const latency = run?.habit.answersAfter ?? 1
    const { promise, resolve } = Promise.withResolvers<Verdict>()
    const callOff = this.clock.after(Math.min(latency, probe.timeout), () => {
      this.answered = true
      resolve(latency > probe.timeout ? { ok: false, detail: 'no answer in time' } : this.answer(id, context))
    })
    signal.addEventListener('abort', callOff)
    return promise
  }

  /** Whether anything was answered since this was last asked: then promises are on their way. */
  takeAnswered(): boolean {
    const { answered } = this
    this.answered = false
    return answered
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private answer(id: string, context: ProbeContext): Verdict {
    if (context === null) {
      const nth = (this.asked.get(id) ?? 0) + 1
      this.asked.set(id, nth)
      return this.prologue(id, nth) ? { ok: true, detail: 'ok' } : { ok: false, detail: `${id} is not there` }
    }
    const run = this.host.present(context.name)
    const ok = id === 'health' ? run?.isHealthy() : run?.isReady()
    return ok === true ? { ok, detail: 'ok' } : { ok: false, detail: id === 'health' ? 'it is sick' : 'not yet' }
  }
}
