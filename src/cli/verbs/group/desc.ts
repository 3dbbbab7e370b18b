import type { Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import { describeGroups } from '../../groups.ts'
import type { askOptions } from '../../options.ts'

export const run: Verb<typeof askOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  return client.ok ? describeGroups(client.value, await client.value.groups.describe(operands)) : client
}
