import { act, forced } from '../../act.ts'
import type { Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import { membersOf } from '../../groups.ts'
import type { stopOptions } from '../../options.ts'

export const run: Verb<typeof stopOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const names = membersOf(operands)
  return act(client.value, { verb: 'delete', names, ...forced(options) }, { options, json: 'list' })
}
