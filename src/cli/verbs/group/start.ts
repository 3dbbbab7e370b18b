import { act } from '../../act.ts'
import type { Verb } from '../../command.ts'
import { connectOrSpawn } from '../../connect.ts'
import { membersOf } from '../../groups.ts'
import type { groupStartOptions } from '../../options.ts'

export const run: Verb<typeof groupStartOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connectOrSpawn(options, { system, orUp: false })
  if (!client.ok) return client
  return act(client.value, { verb: 'start', names: membersOf(operands) }, { options, json: 'list' })
}
