import { success } from '../../../lib/result.ts'
import { answer, type Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import type { askOptions } from '../../options.ts'
import { printGroups } from '../../render/groups.ts'

/** Shows all groups, as pmon3 does. */
export const run: Verb<typeof askOptions>['run'] = async ({ options, operands: [name = ''] }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const { groups } = client.value
  const created = await groups.create(name)
  if (!created.ok) return created
  const all = await groups.list()
  return all.ok ? success(answer(created.value, (style) => printGroups(all.value, style))) : all
}
