import { failure } from '../../lib/result.ts'
import { act, forced, withList } from '../act.ts'
import type { Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { stopOptions } from '../options.ts'

/** [CL54]: pmon3's `drop`. */
export const run: Verb<typeof stopOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const all = await client.value.list()
  if (!all.ok) return all
  if (all.value.length === 0) return failure('failed', 'there are no processes')
  const gone = await act(client.value, { verb: 'delete', names: ['*'], ...forced(options) }, { options, json: 'list' })
  return gone.ok ? withList(client.value, gone.value, options) : gone
}
