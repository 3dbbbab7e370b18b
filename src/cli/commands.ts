import type { Command } from './command.ts'
import { daemonCommands } from './commands/daemon.ts'
import { fileCommands } from './commands/files.ts'
import { groupCommands } from './commands/groups.ts'
import { helpCommands } from './commands/help.ts'
import { outputCommands } from './commands/output.ts'
import { processCommands } from './commands/processes.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...under('Processes', processCommands),
  ...under('Output', outputCommands),
  ...under('Groups', groupCommands),
  ...under('Files', fileCommands),
  ...under('Supervisors', daemonCommands),
  ...under('Help', helpCommands),
]

function under(topic: string, some: readonly Command[]): Command[] {
  return some.map((command) => ({ ...command, topic }))
}
