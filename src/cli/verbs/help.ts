import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import type { noOptions } from '../options.ts'
import { commandNamed } from '../parse.ts'
import { printCommandHelp, printHelp } from '../render/help.ts'

export const run: Verb<typeof noOptions>['run'] = async ({ operands }, { commands }) => {
  if (operands.length === 0) return success(answer(null, (style) => printHelp(commands, style)))
  const found = commandNamed(operands, commands)
  if (!found.ok) return found
  const { command, path } = found.value
  return success(answer(null, (style) => printCommandHelp(command, { path, style })))
}
