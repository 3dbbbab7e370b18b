// (c) and (e) What a supervisor costs that has nothing to do: resident memory, processor time.
import { join } from 'node:path'
import { monotonic } from '../clock.ts'
import { coppice } from '../contestants/coppice.ts'
import { cpuTimeOf, memoryOf, until } from '../facts.ts'
import { readMarks } from '../marks.ts'
import type { Workshop } from '../workshop.ts'

export interface AtRest {
  /** Bytes, some seconds after the last program started. */
  readonly resident: number
  /** Those of them that are not pages of files. */
  readonly own: number
  /** Per cent of one processor, over `watch` milliseconds; null when that is 0. */
  readonly cpu: number | null
}

/** The runtime goes on collecting and compiling for a while. */
const settling = 4000

export async function measureAtRest({
  workshop,
  count,
  watch,
}: {
  workshop: Workshop
  count: number
  watch: number
}): Promise<AtRest> {
  const room = workshop.room('c')
  const marks = join(room, 'marks')
  const running = await coppice.start({ room, mark: workshop.program('mark'), marks, count })
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
  return (100 * (cpuTimeOf(pid) - before)) / (monotonic() - from)
}
