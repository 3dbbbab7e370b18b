import { success } from '../../lib/result.ts'
import type { Verb } from '../command.ts'
import type { daemonOptions } from '../options.ts'

export const run: Verb<typeof daemonOptions>['run'] = async ({ options }, { system }) => {
  const exitCode = await system.daemon({
    detach: options.detach,
    guard: options.guard,
    logFormat: options['log-format'],
    logLevel: options['log-level'],
  })
  return success({ data: null, text: () => '', exitCode, remarks: [], problems: [] })
}
