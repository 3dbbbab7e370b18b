import { success } from '../../lib/result.ts'
import type { Verb } from '../command.ts'
import type { upOptions } from '../options.ts'

export const run: Verb<typeof upOptions>['run'] = async ({ options, operands: [file = ''] }, { system }) => {
  const exitCode = await system.up({
    file,
    nocheck: options.nocheck,
    socket: options.socket,
    logFormat: options['log-format'],
    logLevel: options['log-level'],
  })
  return success({ data: null, text: () => '', exitCode, remarks: [], problems: [] })
}
