import { act } from '../act.ts'
import type { Verb } from '../command.ts'
import type { startOptions } from '../options.ts'

export const run: Verb<typeof startOptions>['run'] = (call, context) => act('start', call, context)
