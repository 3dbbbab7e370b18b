import { test } from 'bun:test'
import fc from 'fast-check'
import { play } from './play.ts'
import { scenario } from './scenario.ts'

const runs = Number(process.env['COPPICE_RUNS'] ?? 300)
const seed = process.env['COPPICE_SEED']

test(
  `[TR1] – [SP7] hold in any tree, whatever goes wrong and whatever is asked (${runs} runs)`,
  async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (scene) => {
        await play(scene)
      }),
      { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) },
    )
  },
  { timeout: 30_000 + runs * 1000 },
)
