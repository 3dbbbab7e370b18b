import { success } from '../../lib/result.ts'
import { stateFormat } from '../../wire/state-format.ts'
import { answer, type Verb } from '../command.ts'
import type { versionOptions } from '../options.ts'

export const run: Verb<typeof versionOptions>['run'] = async (_call, { system: { version } }) =>
  success(answer({ version, state: stateFormat }, () => `coppice version ${version}\n`))
