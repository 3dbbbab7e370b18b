import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { askOptions } from '../options.ts'
import { printConfig } from '../render/config.ts'

/** [CL63] */
export const run: Verb<typeof askOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const config = await client.value.config()
  if (!config.ok) return config
  const { value } = config
  const remarks = options.quiet ? [] : value.warnings
  return success({ ...answer(value, (style) => printConfig(value, style)), remarks })
}
