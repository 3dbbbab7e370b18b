// `npm run torture`: kills the daemon, again and again, at any instant, and looks from outside whether anything was lost,
// doubled or orphaned. Ends with 1 when something was.
import { sweep } from './launch.ts'
import { createDice } from './soak/dice.ts'
import { torture } from './torture/kills.ts'
import { readOptions, type Options } from './torture/options.ts'
import { goThroughScenarios } from './torture/scenarios.ts'
import { openWorkshop } from './workshop.ts'

process.exitCode = await main(readOptions(process.argv.slice(2)))

async function main({ kills, rounds, seed }: Options): Promise<number> {
  using workshop = openWorkshop()
  const leave = (): never => {
    sweep()
    workshop[Symbol.dispose]()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave)
  console.log(`${kills} kills, ${rounds} rounds of scenarios 10 to 13, seed ${seed}`)
  try {
    const dice = createDice(seed)
    const violations = [
      ...(kills === 0 ? [] : await torture(workshop, { kills, dice })),
      ...(rounds === 0 ? [] : await goThroughScenarios(workshop, { rounds, dice })),
    ]
    for (const text of violations) console.log(`- ${text}`)
    console.log(violations.length === 0 ? 'nothing was wrong' : `${violations.length} violations`)
    return violations.length === 0 ? 0 : 1
  } finally {
    sweep()
  }
}
