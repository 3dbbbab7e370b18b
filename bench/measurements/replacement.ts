// (a) From the death of a program to the `main` of its replacement.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { monotonic } from '../clock.ts'
import { coppice, daemon } from '../contestants/coppice.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { bareRuntime, respawnLoop } from '../contestants/respawn.ts'
import { kill, until } from '../facts.ts'
import { readMarks, type Mark } from '../marks.ts'
import type { Row } from '../report.ts'
import type { Workshop } from '../workshop.ts'

export async function replacement({ workshop, others, quick, omissions }: Bench): Promise<Row[]> {
  const floor = respawnLoop(workshop)
  // The peers need a second and more for a round; thirty of theirs, among the 150 of ours, tell enough.
  const entrants = [floor, bareRuntime, coppice, daemon, ...others].map((contestant) => ({
    contestant,
    every: others.includes(contestant) ? 5 : 1,
  }))
  const { samples, failures } = await measureReplacement(entrants, { workshop, rounds: quick ? 10 : 150 })
  omissions.push(...failures)
  const inMillis = new Map([...samples].map(([who, nanos]) => [who, nanos.map((ns) => ns / 1e6)]))
  const against = { who: floor.name, samples: inMillis.get(floor.name) ?? [] }
  return [...inMillis].map(([who, millis]) => ({
    what: 'death → replacement’s main',
    who,
    unit: 'ms',
    samples: millis,
    ...(who === floor.name ? {} : { against }),
    // The design aims at 1.6; 2 is what the issue demands.
    ...(who === coppice.name || who === daemon.name ? { budget: 2 } : {}),
  }))
}

interface Entrant {
  readonly contestant: Contestant
  /** Takes part in every n-th round. */
  readonly every: number
}

interface Rounds {
  /** For each contestant the nanoseconds of its rounds. */
  readonly samples: ReadonlyMap<string, readonly number[]>
  /** Who could not take part, and why. */
  readonly failures: readonly { readonly who: string; readonly why: string }[]
}

/** Kills the one program of each contestant, in turns, `rounds` times. @throws when one that is in every round fails */
async function measureReplacement(
  entrants: readonly Entrant[],
  { workshop, rounds }: { workshop: Workshop; rounds: number },
): Promise<Rounds> {
  const runners: Runner[] = []
  const failures: { who: string; why: string }[] = []
  try {
    for (const entrant of entrants) {
      try {
        runners.push(await enter(entrant, workshop))
      } catch (error) {
        if (entrant.every === 1 || !(error instanceof Error)) throw error
        failures.push({ who: entrant.contestant.name, why: error.message.split('\n', 1)[0] ?? '' })
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      // Who comes first changes, so that nobody always runs on caches that another has warmed.
      const order = round % 2 === 0 ? runners : runners.toReversed()
      for (const runner of order) if (round % runner.every === 0) runner.samples.push(await killOnce(runner))
    }
    return { samples: new Map(runners.map(({ name, samples }) => [name, samples])), failures }
  } finally {
    for (const runner of runners) await runner.stop()
  }
}

interface Runner {
  readonly name: string
  readonly every: number
  readonly goodLife: number
  readonly marks: string
  readonly samples: number[]
  stop(): Promise<void>
}

async function enter({ contestant, every }: Entrant, workshop: Workshop): Promise<Runner> {
  const { name, goodLife } = contestant
  const room = workshop.room('a')
  const marks = join(room, 'marks')
  const running = await contestant.start({ room, mark: workshop.program('mark'), marks, count: 1 })
  await until(`${name} has started its program`, () => readMarks(marks).length > 0)
  return { name, every, goodLife, marks, samples: [], stop: () => running.stop() }
}

/** @returns nanoseconds from the SIGKILL to the next `main` */
async function killOnce({ name, marks, goodLife }: Runner): Promise<number> {
  const before = readMarks(marks)
  const last = before.at(-1)
  if (last === undefined) throw new Error('nothing to kill')
  await rest(last, goodLife)
  const at = monotonic()
  kill(last.pid, 'SIGKILL')
  // Nobody looks while it happens: a poll would take a processor from those who are measured.
  await Bun.sleep(8)
  const next = await until(`${name} has replaced ${last.pid}`, () => readMarks(marks)[before.length], { every: 4 })
  return next.at - at
}

/** Lets a program live long enough to count as good, and everything come to rest. */
async function rest({ at }: Mark, goodLife: number): Promise<void> {
  const lived = (monotonic() - at) / 1e6
  await Bun.sleep(Math.max(12, goodLife - lived))
}
