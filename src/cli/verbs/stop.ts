import { act } from '../act.ts'
import type { Verb } from '../command.ts'
import type { stopOptions } from '../options.ts'

export const run: Verb<typeof stopOptions>['run'] = (call, context) => act('stop', call, context)
