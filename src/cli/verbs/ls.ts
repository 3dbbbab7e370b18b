import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { lsOptions } from '../options.ts'
import { printProcesses, printTree } from '../render/processes.ts'

export const run: Verb<typeof lsOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const processes = await client.value.list()
  if (!processes.ok) return processes
  const print = options.tree ? printTree : printProcesses
  return success(answer(processes.value, (style) => print(processes.value, style)))
}
