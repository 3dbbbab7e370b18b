import { act } from '../act.ts'
import { changesIn, inTheirWords } from '../changes.ts'
import type { Verb } from '../command.ts'
import { connectOrSpawn } from '../connect.ts'
import type { startOptions } from '../options.ts'

export const run: Verb<typeof startOptions>['run'] = async ({ options, operands }, { system }) => {
  const changes = changesIn(options, system.cwd)
  if (!changes.ok) return changes
  const client = await connectOrSpawn(options, { system, orUp: true })
  if (!client.ok) return client
  return inTheirWords(await act(client.value, { verb: 'start', names: operands, ...changes.value }, { options }))
}
