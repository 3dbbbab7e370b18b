// (d) From the start of a supervisor to the `main` of the last of its programs; from the order to stop until all are gone.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { monotonic } from '../clock.ts'
import { coppice } from '../contestants/coppice.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { isAlive, kill, until } from '../facts.ts'
import { readMarks } from '../marks.ts'
import type { Row } from '../report.ts'
import type { Workshop } from '../workshop.ts'

export async function startStop(bench: Bench): Promise<Row[]> {
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

/** Nanoseconds. */
interface StartStop {
  readonly start: number
  readonly stop: number
}

async function measureStartStop(
  contestant: Contestant,
  { workshop, count }: { workshop: Workshop; count: number },
): Promise<StartStop> {
  const room = workshop.room('d')
  const marks = join(room, 'marks')
  const begun = monotonic()
  const running = await contestant.start({ room, mark: workshop.program('mark'), marks, count })
  const started = await until(`${contestant.name} has started ${count} programs`, () => complete(marks, count), {
    every: 10,
    within: 180_000,
  })
  await Bun.sleep(1500)
  const ordered = monotonic()
  await running.stop()
  const pids = new Set(started.map(({ pid }) => pid))
  await until(`${contestant.name} has stopped them`, () => noneLeft(pids), { within: 180_000 })
  return { start: Math.max(...started.map(({ at }) => at)) - begun, stop: monotonic() - ordered }
}

function complete(marks: string, count: number) {
  const found = readMarks(marks)
  return found.length >= count && found
}

function noneLeft(pids: Set<number>): boolean {
  for (const pid of pids) {
    if (kill(pid, 0) && isAlive(pid)) return false
    pids.delete(pid)
  }
  return true
}
