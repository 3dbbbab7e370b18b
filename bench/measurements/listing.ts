// (b) `coppice ls` as a user has it: the whole program, from its start to its end.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { binary, coppice, daemon, homeIn } from '../contestants/coppice.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { until } from '../facts.ts'
import { runToEnd } from '../launch.ts'
import { readMarks } from '../marks.ts'
import type { Row } from '../report.ts'
import type { Workshop } from '../workshop.ts'

export async function listing({ workshop, quick }: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const contestant of [coppice, daemon]) {
    const nanos = await measureListing({ contestant, workshop, count: 100, calls: quick ? 5 : 50 })
    const samples = nanos.map((ns) => ns / 1e6)
    rows.push({ what: '`ls`, 100 processes', who: contestant.name, unit: 'ms', samples, budget: 20 })
  }
  return rows
}

/** @returns the nanoseconds of each call of `coppice ls` against a supervisor with `count` processes */
async function measureListing({
  contestant,
  workshop,
  count,
  calls,
}: {
  contestant: Contestant
  workshop: Workshop
  count: number
  calls: number
}): Promise<number[]> {
  const room = workshop.room('b')
  const marks = join(room, 'marks')
  const running = await contestant.start({ room, mark: workshop.program('mark'), marks, count })
  try {
    await until(`${count} programs run`, () => readMarks(marks).length >= count)
    await Bun.sleep(500)
    const command = [workshop.program('times'), String(calls + 2), binary, 'ls']
    const printed = await runToEnd(command, { room, env: homeIn(room) })
    // The first two warm the page cache.
    return printed.trim().split('\n').slice(2).map(Number)
  } finally {
    await running.stop()
  }
}
