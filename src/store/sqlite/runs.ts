import type { DatabaseSync } from 'node:sqlite'
import type { Exit } from '../../core/exit.ts'
import type { Process, Run } from '../../core/process.ts'
import type { StoredProcess } from '../store.ts'
import { timeText } from './row.ts'

/** When a batch was made: the instant, and the wall clock's time. */
export interface Moment {
  readonly at: number
  readonly wall: number
}

/** So many runs of each process are kept. */
const kept = 100

/** The table of runs: written for a person who looks; coppice itself reads the process. */
export interface RunTable {
  /** Writes that the live run is another than the one before. */
  follow(stored: StoredProcess, change: { readonly before: number | null; readonly moment: Moment }): void
}

export function openRuns(database: DatabaseSync): RunTable {
  const begin = database.prepare(`
    INSERT OR REPLACE INTO runs (process_id, run, pid, start_time, boot_id, marker, started_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const end = database.prepare('UPDATE runs SET ended_at = ?, exit = ? WHERE process_id = ? AND run = ?')
  const forget = database.prepare('DELETE FROM runs WHERE process_id = ? AND run <= ?')
  return {
    follow({ process, bootId, marker }, { before, moment: { at, wall } }) {
      const run = liveRun(process)
      if (before !== null) end.run(timeText(wall), exitText(process.exit), process.id, before)
      if (run === null) return
      const started = timeText(wall - (at - run.since))
      begin.run(process.id, run.n, run.pid, run.startTime, bootId, marker, started)
      forget.run(process.id, run.n - kept)
    },
  }
}

/** The run that is alive, or still being cleaned up. */
export function liveRun({ state }: Process): Run | null {
  return 'run' in state ? state.run : null
}

/** `0`, `SIGKILL`, `unknown`. */
export function exitText(exit: Exit | null): string | null {
  if (exit === null) return null
  if (exit.tag === 'unknown') return 'unknown'
  return exit.tag === 'code' ? String(exit.code) : exit.signal
}
