// `npm run soak`: runs a tree for N minutes, kills its processes and orders them about at random, and looks from outside
// whether what must hold holds. Ends with 1, and with the log of the supervisor, when something did not.
import { readFileSync } from 'node:fs'
import { livingWith, until } from './facts.ts'
import { ownMarker, sweep } from './launch.ts'
import { growBack } from './soak/calm.ts'
import { createDice, type Dice } from './soak/dice.ts'
import { commandSomething, killSomeone, type Tally } from './soak/faults.ts'
import { growthIn } from './soak/growth.ts'
import { readOptions, type Options } from './soak/options.ts'
import { startSupervisor, type Supervisor } from './soak/supervisor.ts'
import { createWatch, type Watch } from './soak/watch.ts'
import { openWorkshop } from './workshop.ts'

interface Soak {
  readonly supervisor: Supervisor
  readonly watch: Watch
  readonly dice: Dice
  readonly tally: Tally
  readonly violations: Set<string>
}

/** The tree is troubled for so long, and must then grow back. */
const troubled = 12_000

process.exitCode = await main(readOptions(process.argv.slice(2)))

async function main(options: Options): Promise<number> {
  using workshop = openWorkshop()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave(workshop))
  const supervisor = startSupervisor(workshop)
  const soak: Soak = {
    supervisor,
    watch: createWatch({ pid: supervisor.child.pid, dir: supervisor.dir }),
    dice: createDice(options.seed),
    tally: { kills: 0, commands: 0, codes: new Map() },
    violations: new Set(),
  }
  console.log(`soaking ${supervisor.residents.length} processes for ${options.minutes} minutes, seed ${options.seed}`)
  try {
    const rounds = await run(soak, performance.now() + options.minutes * 60_000)
    await end(soak)
    return report(soak, rounds)
  } finally {
    sweep()
  }
}

/** Rounds of trouble and calm, until the time is over or something is wrong. @returns how many */
async function run(soak: Soak, deadline: number): Promise<number> {
  const { violations, watch, supervisor } = soak
  let rounds = 0
  await until('it listens', async () => (await supervisor.cli('ls')).code === 0, { within: 10_000, every: 50 })
  note(violations, await growBack(supervisor))
  while (performance.now() < deadline && violations.size === 0) {
    await trouble(soak, Math.min(deadline, performance.now() + troubled))
    note(violations, await growBack(supervisor))
    note(violations, watch.violations)
    rounds += 1
  }
  return rounds
}

/** Kills and commands, several at a time, and a look every now and then. */
async function trouble({ supervisor, watch, dice, tally, violations }: Soak, deadline: number): Promise<void> {
  const troubling = (): boolean => performance.now() < deadline && violations.size === 0
  const commander = async (): Promise<void> => {
    while (troubling()) {
      const complaint = await commandSomething(supervisor, dice, tally)
      if (complaint !== null) violations.add(complaint)
      await Bun.sleep(dice.below(150))
    }
  }
  const killer = async (): Promise<void> => {
    while (troubling()) {
      killSomeone(supervisor, dice, tally)
      await Bun.sleep(dice.below(60))
    }
  }
  const observer = async (): Promise<void> => {
    while (troubling()) {
      watch.look()
      await Bun.sleep(200)
    }
  }
  await Promise.all([commander(), commander(), commander(), killer(), observer()])
}

/** A polite end: exit code 0, and nobody is left. */
async function end({ supervisor, watch, violations }: Soak): Promise<void> {
  watch.look()
  note(violations, watch.violations)
  note(violations, growthIn(watch.samples))
  const start = performance.now()
  supervisor.child.kill('SIGTERM')
  const code = await Promise.race([supervisor.child.exited, Bun.sleep(10_000)])
  if (code !== 0)
    violations.add(
      `SIGTERM ended the supervisor with ${String(code)} after ${(performance.now() - start).toFixed(0)} ms`,
    )
  const left = livingWith(ownMarker).filter((pid) => pid !== process.pid)
  if (left.length > 0) violations.add(`after its end there were left: ${left.join(' ')}`)
}

function report({ tally, watch, violations, supervisor }: Soak, rounds: number): number {
  const codes = [...tally.codes].toSorted(([a], [b]) => a - b).map(([code, count]) => `${code}: ${count}`)
  const last = watch.samples.at(-1)
  console.log(`${rounds} rounds, ${tally.kills} kills, ${tally.commands} commands (by exit code: ${codes.join(', ')})`)
  if (last !== undefined)
    console.log(`in the end ${last.descriptors} descriptors, ${(last.resident / 2 ** 20).toFixed(0)} MiB`)
  if (violations.size === 0) {
    console.log('nothing was wrong')
    return 0
  }
  console.log(
    `the supervisor's log ends with:\n${readFileSync(supervisor.log, 'utf8').split('\n').slice(-60).join('\n')}`,
  )
  console.log(`${violations.size} violations:\n${[...violations].map((text) => `- ${text}`).join('\n')}`)
  return 1
}

function note(into: Set<string>, found: Iterable<string>): void {
  for (const text of found) into.add(text)
}

function leave(workshop: Disposable): void {
  sweep()
  workshop[Symbol.dispose]()
  process.exit(130)
}
