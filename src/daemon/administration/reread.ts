import type { Plan } from '../../core/spec.ts'
import type { Result } from '../../lib/result.ts'
import { setPolicies } from '../policies.ts'
import { knownSpecs, reload, type Desk } from './desk.ts'

/** Reads config and process file again, and tells the journal who wanted that and what came of it. [WH10] */
export async function reread(desk: Desk, by: string): Promise<Result<Plan | null>> {
  const loaded = await reload(desk)
  tell(desk, loaded.ok ? null : loaded.failure.message, by)
  return loaded
}

/** The same where a file has changed, before a command. What is wrong is told once. [DM5] */
export async function rereadChanged(desk: Desk): Promise<void> {
  const { configuration } = desk
  const before = configuration.alarms.join()
  const read = await configuration.refresh(knownSpecs(desk))
  setPolicies(desk.tree, configuration.settings)
  const alarm = configuration.alarms.join()
  if (read.ok && read.value === 'unchanged') return
  if (read.ok || alarm !== before) tell(desk, read.ok ? null : read.failure.message, 'a file has changed')
}

function tell({ tree }: Desk, problem: string | null, by: string): void {
  const reason =
    problem === null ? 'the files of the daemon were read again' : `the files stay as they were: ${problem}`
  tree.ledger.tell({ process: null, kind: 'config', reason, by })
}
