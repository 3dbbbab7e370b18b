import { failure, success, type Result } from '../../lib/result.ts'
import type { Entry } from '../../wire/entry.ts'
import { oneOrMany } from '../../wire/process.ts'
import { answerOf, waitingOf, withList } from '../act.ts'
import { declarationIn, inTheirWords } from '../changes.ts'
import type { Call, Verb } from '../command.ts'
import { connectOrSpawn } from '../connect.ts'
import { inFlags } from '../exec-entry.ts'
import type { execOptions } from '../options.ts'

/** [CL52]: a relative program is looked for where one stands, which the daemon is told. */
export const run: Verb<typeof execOptions>['run'] = async (call, { system }) => {
  const { options } = call
  const entry = entryIn(call)
  if (!entry.ok) return entry
  const client = await connectOrSpawn(options, { system, orUp: false })
  if (!client.ok) return client
  const made = await client.value.exec({ process: entry.value, cwd: system.cwd, ...waitingOf(options) })
  if (!made.ok) return inTheirWords(made)
  const { processes, warnings } = made.value
  const data = oneOrMany([''], processes)
  const told = answerOf(made.value, { verb: 'start', data, timeout: options.timeout })
  return withList(client.value, { ...told, remarks: warnings.map(inFlags) }, options)
}

function entryIn({ options, operands: [program = '', ...args] }: Call<typeof execOptions>): Result<Entry> {
  const said = declarationIn(options)
  if (!said.ok) return said
  if (args.length === 0) return success({ file: program, ...said.value })
  if (said.value['args'] === undefined) return success({ file: program, ...said.value, args })
  return failure('usage', 'The arguments of the program are given twice: with --args, and after --.')
}
