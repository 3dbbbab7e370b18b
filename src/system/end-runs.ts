import { signalNumber } from '../lib/signals.ts'
import type { Millis } from '../lib/time.ts'
import type { MarkedRun } from './find-marked.ts'
import { signalIfSame } from './process.ts'
import { createRollcall, type Present } from './rollcall.ts'

/** How long after SIGTERM what is left gets SIGKILL, and how long after that nobody waits any more. */
const patience: Millis = 10_000
const lastPatience: Millis = 2000
const pause: Millis = 20

/** Ends runs that nobody follows: SIGTERM to everyone with their markers, SIGKILL to those who are left 10 s later. */
export async function endRuns(runs: readonly Pick<MarkedRun, 'marker'>[]): Promise<void> {
  if (runs.length === 0) return
  const rollcall = createRollcall()
  const living = (): readonly Present[] => {
    const { byMarker } = rollcall.call()
    return runs.flatMap(({ marker }) => byMarker.get(marker) ?? [])
  }
  const [term, cont, kill] = [signalNumber('SIGTERM'), signalNumber('SIGCONT'), signalNumber('SIGKILL')]
  for (const one of living()) {
    signalIfSame(one, term)
    signalIfSame(one, cont)
    globalThis.crashPoint?.('start: orphan ended')
  }
  const asked = performance.now()
  for (let left = living(); left.length > 0; left = living()) {
    const since = performance.now() - asked
    if (since > patience + lastPatience) return
    if (since > patience) for (const one of left) signalIfSame(one, kill)
    await Bun.sleep(pause)
  }
}
