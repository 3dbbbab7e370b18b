import { test } from 'bun:test'
import fc from 'fast-check'
import { play } from './play.ts'
import { scenario } from './scenario.ts'

// Without COPPICE_RUNS always the same scenarios, so that a red run is never luck; with it, others each time. A failure
// prints its seed and the smallest scenario that fails: COPPICE_SEED=… COPPICE_RUNS=… repeats it, COPPICE_TRACE=1 shows
// every step of it.
const longRuns = process.env['COPPICE_RUNS']
const seed = process.env['COPPICE_SEED'] ?? (longRuns === undefined ? '20260101' : undefined)
const numRuns = Number(longRuns ?? 1500)

test(
  `[TR1] [TR2] [TR3] [TR4] [TR7] [TR8] [ST2] [ST3] [RN4] hold in any tree, whatever fails and whatever is asked (${numRuns} runs)`,
  async () => {
    const anyRun = fc.asyncProperty(scenario, async (scene) => void (await play(scene)))
    await fc.assert(anyRun, { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) })
  },
  { timeout: 60_000 + numRuns * 200 },
)
