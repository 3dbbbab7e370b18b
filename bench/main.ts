// `npm run bench`: what we claim, measured side by side in one run. Ends with 1 when a budget (design, section 10) is missed.
import type { Measurement } from './bench.ts'
import { coppice } from './contestants/coppice.ts'
import type { Contestant } from './contestants/contestant.ts'
import { pm2 } from './contestants/pm2.ts'
import { runit, s6 } from './contestants/scan-directory.ts'
import { supervisord } from './contestants/supervisord.ts'
import { sweep } from './launch.ts'
import { idle, memory } from './measurements/at-rest.ts'
import { listing } from './measurements/listing.ts'
import { replacement } from './measurements/replacement.ts'
import { startStop } from './measurements/start-stop.ts'
import { readOptions, usage, type Options } from './options.ts'
import { disturbance, isWithin, markdown, save, type Omission, type Row } from './report.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

const measurements: Readonly<Record<string, Measurement>> = {
  a: replacement,
  b: listing,
  c: memory,
  d: startStop,
  e: idle,
}

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args)
  if (options === null) {
    console.error(usage)
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
  if (disturbed !== null) console.log(`\nWhen it began: ${disturbed}.`)
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
