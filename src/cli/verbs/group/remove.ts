import { namesIn } from '../../../wire/names.ts'
import type { Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import { describeGroups } from '../../groups.ts'
import type { askOptions } from '../../options.ts'

export const run: Verb<typeof askOptions>['run'] = async ({ options, operands }, { system }) => {
  const [groups = '', processes = ''] = operands
  const client = await connect(options, system)
  if (!client.ok) return client
  return describeGroups(client.value, await client.value.groups.remove(namesIn(groups), namesIn(processes)))
}
