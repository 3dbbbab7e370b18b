import type { Verb } from '../command.ts'
import { carryOut } from '../install/carry-out.ts'
import { locate, surroundings } from '../install/locate.ts'
import { runHere } from '../install/perform.ts'
import { uninstallPlan } from '../install/plan.ts'
import type { uninstallOptions } from '../options.ts'

/** [IN8]. */
export const run: Verb<typeof uninstallOptions>['run'] = async ({ options }, { system }) => {
  const at = locate({ user: options.user, root: null }, system)
  if (!at.ok) return at
  const installation = await system.installation()
  if (!installation.ok) return installation
  const steps = uninstallPlan({ ...installation.value, ...surroundings(at.value, null), at: at.value })
  return carryOut(steps, { isDryRun: options['dry-run'], ground: { root: null, run: runHere } })
}
