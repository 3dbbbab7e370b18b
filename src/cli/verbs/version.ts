import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import type { noOptions } from '../options.ts'

export const run: Verb<typeof noOptions>['run'] = async (_call, { system: { version } }) =>
  success(answer({ version }, () => `coppice version ${version}\n`))
