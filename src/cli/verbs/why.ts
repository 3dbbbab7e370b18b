import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { askOptions } from '../options.ts'
import { printWhys } from '../render/why.ts'

export const run: Verb<typeof askOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const whys = await client.value.why(operands)
  if (!whys.ok) return whys
  return success(answer(whys.value, (style) => printWhys([whys.value].flat(), style)))
}
