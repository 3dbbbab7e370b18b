import { presentRun } from '../core/process.ts'
import type { World } from '../core/world.ts'
import { endRuns } from '../system/end-runs.ts'
import type { MarkedRun } from '../system/find-marked.ts'
import type { Log } from './log.ts'

/**
 * Ends every run of ours that lives and of which the database knows nothing, since an older copy took its place, or a new
 * one: nobody could ever stop it, and a second copy might be started beside it. [TB22]
 */
export async function endOrphans(marked: readonly MarkedRun[], world: World, log: Log): Promise<void> {
  const orphans = marked.filter((run) => run.startTime > 0 && isOrphan(run, world))
  for (const { pid, ref } of orphans) {
    const message = `process ${pid}, run ${ref.run} of a process ${ref.process}, is in no record: it is stopped`
    log.write({ level: 'error', process: null, message })
  }
  await endRuns(orphans)
}

/** What a process with `kill_mode: process` has left behind is meant to live. */
function isOrphan({ ref }: MarkedRun, { processes }: World): boolean {
  const process = processes.get(ref.process)
  return process === undefined || (presentRun(process) !== ref.run && process.spec.stop.mode !== 'process')
}
