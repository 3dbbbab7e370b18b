import { success } from '../../lib/result.ts'
import { oneOrMany } from '../../wire/process.ts'
import { answerOf } from '../act.ts'
import type { Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { resetOptions } from '../options.ts'

/** [CL55] */
export const run: Verb<typeof resetOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const named = [...operands, ...(options.process ?? [])]
  const names = named.length === 0 ? ['*'] : named
  const reset = await client.value.act({ verb: 'reset', names })
  if (!reset.ok) return reset
  const { processes } = reset.value
  const data = named.length === 0 ? processes : oneOrMany(named, processes)
  return success(answerOf(reset.value, { verb: 'reset', data, timeout: null }))
}
