import { success } from '../../../lib/result.ts'
import { answer, type Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import type { askOptions } from '../../options.ts'
import { printGroups } from '../../render/groups.ts'

export const run: Verb<typeof askOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const groups = await client.value.groups.list()
  if (!groups.ok) return groups
  return success(answer(groups.value, (style) => printGroups(groups.value, style)))
}
