import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { askOptions } from '../options.ts'
import { printDescriptions } from '../render/description.ts'

export const run: Verb<typeof askOptions>['run'] = async ({ options, operands }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const described = await client.value.describe(operands)
  if (!described.ok) return described
  return success(answer(described.value, (style) => printDescriptions([described.value].flat(), style)))
}
