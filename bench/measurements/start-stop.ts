// (d) From the start of a supervisor to the `main` of the last of its programs; from the order to stop until all are gone.
import { join } from 'node:path'
import { monotonic } from '../clock.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { isAlive, kill, until } from '../facts.ts'
import { readMarks } from '../marks.ts'
import type { Workshop } from '../workshop.ts'

/** Nanoseconds. */
export interface StartStop {
  readonly start: number
  readonly stop: number
}

export async function measureStartStop(
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
