import { failure } from '../../lib/result.ts'
import type { ProcessView } from '../../wire/process.ts'
import { act, forced, withList } from '../act.ts'
import type { Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { stopOptions } from '../options.ts'

/** [CL54]: pmon3's `kill`. */
export const run: Verb<typeof stopOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const all = await client.value.list()
  if (!all.ok) return all
  if (all.value.every(isAtRest)) return failure('failed', 'could not find running processes')
  const killed = await act(client.value, { verb: 'stop', names: ['*'], ...forced(options) }, { options, json: 'list' })
  return killed.ok ? withList(client.value, killed.value, options) : killed
}

/** It does not run, and will not unless somebody asks for it. */
function isAtRest({ pid, next_try, status }: ProcessView): boolean {
  if (pid !== null || next_try !== null) return false
  return status === 'stopped' || status === 'failed' || status === 'completed' || status === 'closed'
}
