import { step } from '../../src/core/step.ts'
import type { Engine } from '../../src/daemon/engine.ts'
import type { Simulation } from '../sim/simulation.ts'
import { effectLaws } from './effect-laws.ts'
import { endOf, type ExpectedEnd } from './endings.ts'
import { policyLaws } from './policy-laws.ts'
import { freeze, pureLaws } from './purity.ts'
import type { Law, Scene } from './scene.ts'
import { stateLaws } from './state-laws.ts'

const laws: readonly Law[] = [...effectLaws, ...stateLaws, ...policyLaws, ...pureLaws]

/** Steps at one instant beyond which a small world runs in circles. */
const manySteps = 3000

/** With COPPICE_TRACE=1 every step is shown: for looking into a counterexample. */
const traces = process.env['COPPICE_TRACE'] !== undefined

/** Holds every law against every step, and follows what the end should be. The worlds are frozen: `step` may not write. */
export function watchOver({ host, recorder }: Simulation, complaints: string[]) {
  const watch: { expected: ExpectedEnd | null; follow: (engine: Engine) => void } = { expected: null, follow }
  let steps = 0
  let crimes = 0

  /** A new supervisor knows nothing of an end that the one before was in. */
  function follow(engine: Engine): void {
    watch.expected = null
    freeze(engine.world)
    engine.subscribe(({ before, after }) => {
      const input = recorder.inputs.at(-1)!
      const [, effects] = step(before, input)
      const scene: Scene = { before, input, after, effects, host }
      if (traces) trace(scene)
      const where = `at ${after.now} ms, ${JSON.stringify(input.event)}: `
      for (const law of laws) for (const broken of law(scene)) complaints.push(where + broken)
      for (; crimes < host.crimes.length; crimes++) complaints.push(where + host.crimes[crimes]!)
      watch.expected = endOf(scene, watch.expected)
      freeze(after)
      steps = after.now === before.now ? steps + 1 : 0
      if (steps > manySteps) throw new Error(`it runs in circles ${where}`)
    })
  }
  return watch
}

function trace({ after, input, effects }: Scene): void {
  const states = [...after.processes.values()].map(({ spec, state, jobs }) => {
    return `${spec.name} ${state.tag}${jobs.length > 0 ? `+${jobs.length}` : ''} (${state.reason.tag})`
  })
  const done = effects.map((effect) => `${effect.tag}${'ref' in effect ? ` ${effect.ref.process}` : ''}`)
  console.log(after.now, JSON.stringify(input.event), '→', after.phase.tag, states.join(', '), done.join(', '))
}
