// (c) and (e) What a supervisor costs that has nothing to do: resident memory, processor time.
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { monotonic } from '../clock.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { coppice, daemon } from '../contestants/coppice.ts'
import { cpuTimeOf, memoryOf, until } from '../facts.ts'
import { readMarks } from '../marks.ts'
import type { Row } from '../report.ts'
import type { Workshop } from '../workshop.ts'

export async function memory(bench: Bench): Promise<Row[]> {
  return [...(await memoryOfOne(coppice, bench)), ...(await memoryOfOne(daemon, bench))]
}

async function memoryOfOne(contestant: Contestant, { workshop, quick }: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const { count, budget } of [
    { count: 0, budget: 40 },
    { count: 100, budget: 45 },
    { count: 1000, budget: 80 },
  ]) {
    const found: AtRest[] = []
    for (let i = 0; i < (quick ? 1 : 3); i += 1)
      found.push(await measureAtRest({ contestant, workshop, count, watch: 0 }))
    const of = { who: contestant.name, unit: 'MiB' } as const
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

export async function idle({ workshop, quick }: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const contestant of [coppice, daemon]) {
    const { cpu } = await measureAtRest({ contestant, workshop, count: 1000, watch: quick ? 3000 : 30_000 })
    const samples = [cpu ?? Number.NaN]
    rows.push({ what: 'idle, 1,000 processes', who: contestant.name, unit: '%', samples, budget: 0.5 })
  }
  return rows
}

interface AtRest {
  /** Bytes, some seconds after the last program started. */
  readonly resident: number
  /** Those of them that are not pages of files. */
  readonly own: number
  /** Per cent of one processor, over `watch` milliseconds; null when that is 0. */
  readonly cpu: number | null
}

/** The runtime goes on collecting and compiling for a while. */
const settling = 4000

async function measureAtRest({
  contestant,
  workshop,
  count,
  watch,
}: {
  contestant: Contestant
  workshop: Workshop
  count: number
  watch: number
}): Promise<AtRest> {
  const room = workshop.room('c')
  const marks = join(room, 'marks')
  const running = await contestant.start({ room, mark: workshop.program('mark'), marks, count })
  try {
    await until(`${count} programs run`, () => readMarks(marks).length >= count)
    await Bun.sleep(settling)
    return { ...memoryOf(running.pid), cpu: watch === 0 ? null : await usage(running.pid, watch) }
  } finally {
    await running.stop()
  }
}

async function usage(pid: number, watch: number): Promise<number> {
  const [from, before] = [monotonic(), cpuTimeOf(pid)]
  await Bun.sleep(watch)
  return (100 * (cpuTimeOf(pid) - before)) / ((monotonic() - from) / 1e6)
}
