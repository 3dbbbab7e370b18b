import type { Finding } from '../../wire/doctor.ts'
import { ofAlarms, ofLocks, ofService, ofSocket } from './findings-daemon.ts'
import { ofHost } from './findings-host.ts'
import { ofRuns } from './findings-runs.ts'
import { ofAccess, ofConfiguration, ofDatabase, ofDisks } from './findings-state.ts'
import type { Snapshot } from './snapshot.ts'

/** Every check, in the order in which its findings are told. Each is a function of the snapshot alone. */
const checks: readonly ((snapshot: Snapshot) => readonly Finding[])[] = [
  ofLocks,
  ofSocket,
  ofAlarms,
  ofService,
  ofConfiguration,
  ofDatabase,
  ofDisks,
  ofAccess,
  ofRuns,
  ofHost,
]

/** What there is to say of a snapshot. [DM64] */
export function findings(snapshot: Snapshot): readonly Finding[] {
  return checks.flatMap((check) => check(snapshot))
}
