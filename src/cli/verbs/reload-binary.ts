import { resolve } from 'node:path'
import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { replaceOptions } from '../options.ts'

/** [CL80] */
export const run: Verb<typeof replaceOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const { executable } = options
  const replaced = await client.value.replace(
    executable === null ? {} : { executable: resolve(system.cwd, executable) },
  )
  if (!replaced.ok) return replaced
  const { from, version, pid } = replaced.value
  return success(answer(replaced.value, () => `coppice ${from} gave way to coppice ${version}, pid ${pid}\n`))
}
