import { success } from '../../../lib/result.ts'
import { answer, type Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import type { askOptions } from '../../options.ts'
import { printGroups } from '../../render/groups.ts'

/** Shows the groups that are left, as pmon3 does. */
export const run: Verb<typeof askOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const { groups } = client.value
  const deleted = await groups.delete(operands)
  if (!deleted.ok) return deleted
  const left = await groups.list()
  return left.ok ? success(answer(deleted.value, (style) => printGroups(left.value, style))) : left
}
