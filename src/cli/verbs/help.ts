import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import type { noOptions } from '../options.ts'
import { commandNamed, unknownCommand } from '../parse.ts'
import { printCommandHelp, printHelp } from '../render/help.ts'

export const run: Verb<typeof noOptions>['run'] = async ({ operands: [name] }, { commands }) => {
  if (name === undefined) return success(answer(null, (style) => printHelp(commands, style)))
  const command = commandNamed(name, commands)
  if (command === null) return unknownCommand(name, commands)
  return success(answer(null, (style) => printCommandHelp(command, style)))
}
