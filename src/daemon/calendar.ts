import { Cron } from 'croner'
import type { World } from '../core/world.ts'

/** Calls `due` for each process with a cron schedule whenever its time has come, until it is disposed. */
export function openCalendar(world: World, due: (process: number) => void): Disposable {
  const jobs: Cron[] = []
  for (const { id, spec } of world.processes.values()) {
    const { schedule } = spec.trigger
    if (schedule?.tag !== 'cron') continue
    const zone = schedule.timeZone === null ? {} : { timezone: schedule.timeZone }
    jobs.push(new Cron(schedule.expression, zone, () => due(id)))
  }
  return {
    [Symbol.dispose]() {
      for (const job of jobs) job.stop()
    },
  }
}
