import { act, forced, rolled } from '../act.ts'
import { changesIn, inTheirWords } from '../changes.ts'
import type { Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { restartOptions } from '../options.ts'

export const run: Verb<typeof restartOptions>['run'] = async ({ options, operands }, { system }) => {
  const changes = changesIn(options, system.cwd)
  if (!changes.ok) return changes
  const client = await connect(options, system)
  if (!client.ok) return client
  const how = { ...forced(options), ...rolled(options), ...changes.value }
  return inTheirWords(await act(client.value, { verb: 'restart', names: operands, ...how }, { options }))
}
