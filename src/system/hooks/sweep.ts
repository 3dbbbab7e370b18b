import type { Millis } from '../../lib/time.ts'
import type { Census, Tribe } from '../census.ts'
import { hooksOf } from '../marker.ts'
import type { Leftover } from '../ports.ts'
import { signalIfSame, type ProcessHandle } from '../process.ts'
import { readCommand } from '../procfs.ts'
import { createRollcall } from '../rollcall.ts'

/** How often whoever is left is looked for, and how long in between: who does not die of SIGKILL in that time is let be. */
const passes = 100
const pause: Millis = 20
const kill = 9
/** As much of a command line is told. */
const longest = 60

/**
 * Kills everyone of a hook: its main process, its group, and who carries its marker. It is over when nobody is left.
 * @returns who was killed besides the main process
 */
export async function sweepHook(tribe: Tribe, main: ProcessHandle, census: Census): Promise<readonly Leftover[]> {
  const killed = new Map<number, Leftover>()
  for (let pass = 0; pass < passes; pass++) {
    const members = census.members(tribe)
    for (const { pid } of members) {
      if (pid !== tribe.pid && !killed.has(pid)) killed.set(pid, { pid, command: beginningOf(readCommand(pid)) })
    }
    const isEmpty = main.signalGroup(kill) === 'ESRCH'
    for (const member of members) signalIfSame(member, kill)
    if (members.length === 0 && (isEmpty || pass > 0)) break
    await Bun.sleep(pause)
  }
  return [...killed.values()]
}

/** One that has been forked a moment ago has all arguments of the hook still, with the event. */
function beginningOf(command: string): string {
  return command.length > longest ? `${command.slice(0, longest)}…` : command
}

/** Kills what hooks of a supervisor of this name have left that has been killed itself. @returns how many those were */
export function killLeftHooks(ownId: string): number {
  const left = [...createRollcall().call().byMarker].filter(([marker]) => marker.startsWith(hooksOf(ownId)))
  const members = left.flatMap(([, those]) => those)
  for (const member of members) signalIfSame(member, kill)
  return members.length
}
