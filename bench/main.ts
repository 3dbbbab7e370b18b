// `npm run bench`: what we claim, measured side by side in one run. Ends with 1 when a budget (design, section 10) is missed.
import { coppice } from './contestants/coppice.ts'
import type { Contestant } from './contestants/contestant.ts'
import { pm2 } from './contestants/pm2.ts'
import { bareRuntime, respawnLoop } from './contestants/respawn.ts'
import { runit, s6 } from './contestants/scan-directory.ts'
import { supervisord } from './contestants/supervisord.ts'
import { sweep } from './launch.ts'
import { measureAtRest, type AtRest } from './measurements/at-rest.ts'
import { measureListing } from './measurements/listing.ts'
import { measureReplacement } from './measurements/replacement.ts'
import { measureStartStop, type StartStop } from './measurements/start-stop.ts'
import { readOptions, usage, type Options } from './options.ts'
import { disturbance, isWithin, markdown, save, type Omission, type Row } from './report.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

interface Bench extends Options {
  readonly workshop: Workshop
  readonly peers: boolean
  readonly others: readonly Contestant[]
  readonly omissions: Omission[]
}

const measurements: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  a: replacement,
  b: listing,
  c: memory,
  d: startStop,
  e: idle,
}

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args)
  const unknown = [...options.only].find((letter) => !(letter in measurements))
  if (unknown !== undefined) {
    console.error(`there is no measurement "${unknown}"\n${usage}`)
    return 2
  }
  using workshop = openWorkshop()
  onInterrupt(workshop)
  try {
    return await measureAll(options, workshop)
  } finally {
    const left = sweep()
    if (left.length > 0) console.error(`killed what was left over: ${left.join(' ')}`)
  }
}

async function measureAll(options: Options, workshop: Workshop): Promise<number> {
  const absent = await coppice.prepare(workshop)
  if (absent !== null) throw new Error(absent)
  const disturbed = disturbance()
  if (disturbed !== null) console.error(`note: ${disturbed}`)
  const omissions: Omission[] = []
  const others = options.peers ? await peersThatCanRun(workshop, omissions) : []
  const rows: Row[] = []
  for (const [letter, measure] of Object.entries(measurements)) {
    if (!options.only.has(letter)) continue
    console.error(`measuring ${letter} …`)
    rows.push(...(await measure({ ...options, workshop, others, omissions })))
  }
  console.log(markdown(rows, omissions))
  if (disturbed !== null) console.log(`\nWhen it began, ${disturbed}.`)
  console.error(`\nwritten to ${save(rows, omissions)}`)
  return rows.some((row) => isWithin(row) === false) ? 1 : 0
}

async function peersThatCanRun(workshop: Workshop, omissions: Omission[]): Promise<Contestant[]> {
  const able: Contestant[] = []
  for (const peer of [supervisord(), runit(), s6, pm2()]) {
    const why = await peer.prepare(workshop)
    if (why === null) able.push(peer)
    else omissions.push({ who: peer.name, why })
  }
  return able
}

/** Ctrl-C ends what was started, too. */
function onInterrupt(workshop: Workshop): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      sweep()
      workshop[Symbol.dispose]()
      process.exit(signal === 'SIGINT' ? 130 : 143)
    })
}

async function replacement({ workshop, others, quick, omissions }: Bench): Promise<Row[]> {
  const floor = respawnLoop(workshop)
  // The peers need a second and more for a round; thirty of theirs, among the 150 of ours, tell enough.
  const entrants = [floor, bareRuntime, coppice, ...others].map((contestant) => ({
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
    ...(who === coppice.name ? { budget: 2 } : {}),
  }))
}

async function listing({ workshop, quick }: Bench): Promise<Row[]> {
  const nanos = await measureListing({ workshop, count: 100, calls: quick ? 5 : 50 })
  const samples = nanos.map((ns) => ns / 1e6)
  return [{ what: '`ls`, 100 processes', who: coppice.name, unit: 'ms', samples, budget: 20 }]
}

async function memory({ workshop, quick }: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const { count, budget } of [
    { count: 0, budget: 40 },
    { count: 100, budget: 45 },
    { count: 1000, budget: 80 },
  ]) {
    const found: AtRest[] = []
    for (let i = 0; i < (quick ? 1 : 3); i += 1) found.push(await measureAtRest({ workshop, count, watch: 0 }))
    const of = { who: coppice.name, unit: 'MiB' } as const
    rows.push({
      ...of,
      what: `resident memory, ${count} processes`,
      samples: found.map(({ resident }) => resident / 2 ** 20),
      budget,
    })
    rows.push({ ...of, what: '– of that not pages of files', samples: found.map(({ own }) => own / 2 ** 20) })
  }
  return rows
}

async function startStop(bench: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const { count, start, stop } of [
    { count: 100, start: 150, stop: 150 },
    { count: 1000, start: 1000, stop: undefined },
  ]) {
    const mine = await repeated(coppice, count, { times: bench.quick ? 1 : 5, bench })
    rows.push(...startStopRows(mine, { who: coppice.name, count, start, stop }))
    for (const peer of bench.others) {
      const theirs = await repeated(peer, count, { times: bench.quick || count > 100 ? 1 : 3, bench })
      rows.push(...startStopRows(theirs, { who: peer.name, count, start: undefined, stop: undefined }))
    }
  }
  return rows
}

/** What a peer cannot do is told and left out. */
async function repeated(
  contestant: Contestant,
  count: number,
  { times, bench }: { times: number; bench: Bench },
): Promise<StartStop[]> {
  const found: StartStop[] = []
  try {
    for (let i = 0; i < times; i += 1)
      found.push(await measureStartStop(contestant, { workshop: bench.workshop, count }))
  } catch (error) {
    if (contestant === coppice || !(error instanceof Error)) throw error
    bench.omissions.push({
      who: `${contestant.name} with ${count} processes`,
      why: error.message.split('\n', 1)[0] ?? '',
    })
  }
  return found
}

function startStopRows(
  found: readonly StartStop[],
  { who, count, start, stop }: { who: string; count: number; start: number | undefined; stop: number | undefined },
): Row[] {
  if (found.length === 0) return []
  return [
    row(`start ${count}`, who, { samples: found.map((times) => times.start / 1e6), budget: start }),
    row(`stop ${count}`, who, { samples: found.map((times) => times.stop / 1e6), budget: stop }),
  ]
}

function row(what: string, who: string, { samples, budget }: { samples: number[]; budget: number | undefined }): Row {
  return { what, who, unit: 'ms', samples, ...(budget === undefined ? {} : { budget }) }
}

async function idle({ workshop, quick }: Bench): Promise<Row[]> {
  const { cpu } = await measureAtRest({ workshop, count: 1000, watch: quick ? 3000 : 30_000 })
  return [{ what: 'idle, 1,000 processes', who: coppice.name, unit: '%', samples: [cpu ?? Number.NaN], budget: 0.5 }]
}
