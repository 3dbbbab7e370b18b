import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { askOptions } from '../options.ts'
import { printReload } from '../render/config.ts'

/** [CL63] */
export const run: Verb<typeof askOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const reloaded = await client.value.reload()
  if (!reloaded.ok) return reloaded
  const { value } = reloaded
  return success({ ...answer(value, () => printReload(value)), remarks: options.quiet ? [] : value.warnings })
}
