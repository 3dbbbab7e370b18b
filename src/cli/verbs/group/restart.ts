import { act, forced, rolled, withList } from '../../act.ts'
import { changesIn, inTheirWords } from '../../changes.ts'
import type { Verb } from '../../command.ts'
import { connect } from '../../connect.ts'
import { membersOf } from '../../groups.ts'
import type { groupRestartOptions } from '../../options.ts'

/** Shows all processes, as pmon3 does. */
export const run: Verb<typeof groupRestartOptions>['run'] = async ({ options, operands }, { system }) => {
  const changes = changesIn(options, system.cwd)
  if (!changes.ok) return changes
  const client = await connect(options, system)
  if (!client.ok) return client
  const how = { ...forced(options), ...rolled(options), ...changes.value }
  const acted = await act(
    client.value,
    { verb: 'restart', names: membersOf(operands), ...how },
    { options, json: 'list' },
  )
  return acted.ok ? withList(client.value, acted.value, options) : inTheirWords(acted)
}
