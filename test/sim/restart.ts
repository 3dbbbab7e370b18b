import type { Event } from '../../src/core/events.ts'
import { liveRun, type Process } from '../../src/core/process.ts'
import { afterTakingBack } from '../../src/core/taking-back.ts'
import type { Instant } from '../../src/lib/time.ts'
import type { RunNews, RunRef } from '../../src/system/ports.ts'
import type { SimHost } from './host.ts'

/** What a supervisor finds that begins where another one has fallen. */
export interface TakenBack {
  /** Fit to go on in a restored world. */
  readonly processes: readonly Process[]
  /** What it learned of those that have ended, or were spawned and not recorded; to be dispatched. */
  readonly news: readonly Event[]
}

/** Takes every live run back that was recorded, as the daemon does. */
export function takeBack(
  stored: readonly Process[],
  { host, now, dispatch }: { host: SimHost; now: Instant; dispatch: (event: Event) => void },
): TakenBack {
  const news: Event[] = []
  const processes = stored.map((process) => {
    const ref = refOf(process)
    if (ref === null) return process
    const run = host.run(ref)
    const tell = (what: RunNews): void =>
      dispatch({ tag: 'process', process: ref.process, event: { ...what, run: ref.run } })
    if (run === undefined || (run.living.length === 0 && process.state.tag === 'spawning'))
      return afterTakingBack(process, now, 'lost')
    const identity = { pid: run.main.pid, startTime: run.since, marker: `simulated.${ref.process}.${ref.run}` }
    const outcome = host.adopt({ ref, spec: process.spec, news: tell, ...identity })
    if (process.state.tag === 'spawning') {
      const { pid, startTime } = identity
      news.push({
        tag: 'process',
        process: process.id,
        event: { tag: 'spawned', run: ref.run, pid, startTime, takenBack: true },
      })
    }
    if (outcome.tag === 'ended') {
      const { exit, left } = outcome
      news.push({ tag: 'process', process: process.id, event: { tag: 'exited', run: ref.run, exit, left } })
    }
    return afterTakingBack(process, now, 'alive')
  })
  return { processes, news }
}

function refOf({ id, state }: Process): RunRef | null {
  const run = state.tag === 'spawning' ? state.n : (liveRun(state)?.n ?? null)
  return run === null ? null : { process: id, run }
}
