import { liveRun, presentRun, type Process } from '../../core/process.ts'
import type { FoundProcess } from '../../store/store.ts'
import { bootId } from '../../system/boot.ts'
import { isMainOf } from '../../system/identify.ts'
import { parseMarker } from '../../system/marker.ts'
import { isLive, readCommand, readStat } from '../../system/procfs.ts'
import { createRollcall } from '../../system/rollcall.ts'
import type { LockFact, MarkedFact, RecordFact, RunsFact, Snapshot } from './snapshot.ts'

/** Whoever lives and carries a marker of this daemon. */
export function markedFacts(ownId: string | null): readonly MarkedFact[] {
  if (ownId === null || ownId === '') return []
  return [...createRollcall().call().byMarker].flatMap(([marker, members]) => {
    const named = parseMarker(marker)
    if (named?.owner !== ownId) return []
    const { process, run } = named.ref
    return [{ marker, process, run, members: members.map(({ pid }) => ({ pid, command: readCommand(pid) })) }]
  })
}

/** What is known of processes: by the daemon that runs; where none does, by the database. */
export function recordFacts(
  from: Pick<Snapshot, 'socket' | 'store'> & { readonly locks: readonly LockFact[] },
): Omit<RunsFact, 'marked'> {
  const { socket, store, locks } = from
  if (socket.tag === 'answers') {
    const known = socket.processes.map(({ id, name, run, pid }) => ({
      id,
      name,
      runs: run,
      isBeginning: false,
      leaves: false,
      run: pid === null ? null : { n: run, pid, is: 'alive' as const },
    }))
    return { from: 'daemon', records: known }
  }
  const isRunning = locks.some(({ state }) => state.tag === 'held')
  if (isRunning || store.content === null) return { from: null, records: [] }
  return { from: 'database', records: store.content.processes.map(recordOf) }
}

function recordOf(stored: FoundProcess): RecordFact {
  const { process } = stored
  const run = liveRun(process.state)
  return {
    id: process.id,
    name: process.spec.name,
    runs: presentRun(process) ?? process.runs,
    isBeginning: process.state.tag === 'spawning',
    leaves: process.spec.stop.mode === 'process',
    run: run === null ? null : { n: run.n, pid: run.pid, is: whois(run, stored) },
  }
}

/** Whether a pid is still that of the run. A zombie is nobody any more. */
function whois(
  { pid, startTime }: NonNullable<ReturnType<typeof liveRun>>,
  { process: { spec }, bootId: boot, marker }: FoundProcess & { readonly process: Process },
): NonNullable<RecordFact['run']>['is'] {
  const stat = readStat(pid)
  if (!isLive(stat)) return 'gone'
  const isSame = boot === (bootId() ?? '') && stat.startTime === startTime
  return isSame && marker !== null && isMainOf({ pid }, { spec, marker }) ? 'alive' : 'stranger'
}
