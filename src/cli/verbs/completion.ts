import { createClient } from '../../client/client.ts'
import { failure, success } from '../../lib/result.ts'
import { answer, type Command, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { completionOptions } from '../options.ts'
import { bashCompletion } from '../render/completion-bash.ts'
import { fishCompletion } from '../render/completion-fish.ts'
import { zshCompletion } from '../render/completion-zsh.ts'
import { branchesOf } from '../render/completion.ts'
import type { System } from '../system.ts'

/** [CL90] to [CL92]. */
export const run: Verb<typeof completionOptions>['run'] = async ({ options, operands: [shell] }, context) => {
  if (options.names !== null) return success(answer(null, await names(options.names, context.system)))
  if (shell === undefined) return failure('usage', 'Which shell? There is bash, zsh and fish.')
  const text = scriptFor(shell, context.commands)
  return success(answer(null, () => text))
}

/** The completion script for a shell: what `install` puts in place. */
export function scriptFor(shell: string, commands: readonly Command[]): string {
  const branches = branchesOf(commands)
  if (shell === 'zsh') return zshCompletion(branches)
  return shell === 'fish' ? fishCompletion(branches) : bashCompletion(branches)
}

/** A person is waiting with a finger on the key. */
const patience = 1000

/** What the scripts complete with, a line each; where nobody answers, nothing. */
async function names(kind: 'processes' | 'groups', system: System): Promise<() => string> {
  const found = await connect({ file: null, socket: null }, system)
  if (!found.ok) return () => ''
  const client = createClient({ socketPath: found.value.socketPath, patience })
  const listed = kind === 'processes' ? await client.list() : await client.groups.list()
  const known = listed.ok ? listed.value.map(({ name }) => name) : []
  // A shell would take anything else apart, or even run it.
  const lines = known.filter((name) => /^[\w.@+-]+$/.test(name)).map((name) => `${name}\n`)
  return () => lines.join('')
}
