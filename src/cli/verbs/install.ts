import { resolve } from 'node:path'
import { discoverDaemon } from '../../client/discover.ts'
import type { Verb } from '../command.ts'
import { carryOut } from '../install/carry-out.ts'
import { checkExecutable, locate, surroundings } from '../install/locate.ts'
import { runHere } from '../install/perform.ts'
import { installPlan } from '../install/plan.ts'
import type { installOptions } from '../options.ts'
import { scriptFor } from './completion.ts'

/** [IN1] to [IN7]. */
export const run: Verb<typeof installOptions>['run'] = async ({ options }, { system, commands }) => {
  const root = options.prefix === null ? null : resolve(system.cwd, options.prefix)
  const at = locate({ user: options.user, root }, system)
  if (!at.ok) return at
  const installation = await system.installation()
  if (!installation.ok) return installation
  const isProgram = checkExecutable(installation.value.executable)
  if (!isProgram.ok) return isProgram
  const steps = installPlan({
    ...installation.value,
    ...surroundings(at.value, root),
    isRunning: root === null && (await discoverDaemon(system)).ok,
    at: at.value,
    completion: (shell) => scriptFor(shell, commands),
  })
  return carryOut(steps, { isDryRun: options['dry-run'], ground: { root, run: runHere } })
}
