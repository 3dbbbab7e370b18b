import { act, forced } from '../act.ts'
import type { Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { stopOptions } from '../options.ts'

export const run: Verb<typeof stopOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  return act(client.value, { verb: 'stop', names: operands, ...forced(options) }, { options })
}
