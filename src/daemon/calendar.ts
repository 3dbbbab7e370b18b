import { Cron } from 'croner'
import type { Schedule } from '../core/spec.ts'
import type { World } from '../core/world.ts'

/** The cron schedules of a world, as it changes. */
export interface Calendar extends Disposable {
  /** Takes over what has changed since the last call. */
  follow(world: World): void
}

/** Calls `due` for each process with a cron schedule whenever its time has come, until it is disposed. */
export function openCalendar(due: (process: number) => void): Calendar {
  const jobs = new Map<number, { readonly schedule: Schedule; readonly job: Cron }>()
  let known: World['processes'] | null = null

  function set(id: number, schedule: Schedule | null): void {
    const present = jobs.get(id)
    if (present?.schedule === schedule) return
    present?.job.stop()
    jobs.delete(id)
    if (schedule?.tag !== 'cron') return
    const zone = schedule.timeZone === null ? {} : { timezone: schedule.timeZone }
    jobs.set(id, { schedule, job: new Cron(schedule.expression, zone, () => due(id)) })
  }

  return {
    follow({ processes }) {
      if (known === null) for (const { id, spec } of processes.values()) set(id, spec.trigger.schedule)
      else {
        for (const [then, now] of processes.changedSince(known)) {
          const id = (now ?? then)?.id
          if (id !== undefined && then?.spec !== now?.spec) set(id, now?.spec.trigger.schedule ?? null)
        }
      }
      known = processes
    },
    [Symbol.dispose]() {
      for (const { job } of jobs.values()) job.stop()
      jobs.clear()
    },
  }
}
