import { resolve } from 'node:path'
import type { Client } from '../../client/client.ts'
import { failure, success, type Result } from '../../lib/result.ts'
import type { ApplyAnswer, ApplyRequest } from '../../wire/declare.ts'
import type { Verb as ActVerb } from '../../wire/routes.ts'
import { answerOf, waitingOf } from '../act.ts'
import { answer, type Answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { Values } from '../option.ts'
import type { applyOptions } from '../options.ts'
import { readFile } from '../read-file.ts'
import { isEmptyPlan, printPlan } from '../render/plan.ts'
import { printProcesses } from '../render/processes.ts'
import { plainStyle } from '../render/style.ts'
import type { System } from '../system.ts'

type Options = Values<typeof applyOptions>

/** [CL64], [CL65] */
export const run: Verb<typeof applyOptions>['run'] = async ({ options, operands: [path = ''] }, { system }) => {
  const text = readFile(path, resolve(system.cwd, path))
  if (!text.ok) return text
  const client = await connect(options, system)
  if (!client.ok) return client
  const request = { path: resolve(system.cwd, path), text: text.value, cwd: system.cwd }
  if (options['dry-run']) return planned(await client.value.apply({ ...request, dry_run: true }))
  const agreed = options.yes ? success('unasked' as const) : await agree(client.value, { request, system })
  if (!agreed.ok) return agreed
  return applied(await client.value.apply({ ...request, ...waitingOf(options) }), { options, asked: agreed.value })
}

/** Shows the plan to a person and waits for a yes; where nobody is at a terminal, or nothing is to be done, it goes on. */
async function agree(
  client: Client,
  { request, system }: { readonly request: ApplyRequest; readonly system: System },
): Promise<Result<'asked' | 'unasked'>> {
  if ((await system.terminal('err')) === null) return success('unasked')
  const plan = await client.apply({ ...request, dry_run: true })
  if (!plan.ok) return plan
  if (isEmptyPlan(plan.value.plan)) return success('unasked')
  const said = await system.ask(`${printPlan(plan.value.plan, plainStyle)}Apply this? [y/N] `)
  if (said === null) return success('unasked')
  const isYes = /^(?:y|yes)$/i.test(said.trim())
  return isYes ? success('asked') : failure('declined', 'Nothing was changed.')
}

function planned(found: Result<ApplyAnswer>): Result<Answer> {
  if (!found.ok) return found
  const { plan, warnings } = found.value
  return success({ ...answer(found.value, (style) => printPlan(plan, style)), remarks: warnings })
}

function applied(
  done: Result<ApplyAnswer>,
  { options, asked }: { readonly options: Options; readonly asked: 'asked' | 'unasked' },
): Result<Answer> {
  if (!done.ok) return done
  const { outcome, plan, processes, warnings } = done.value
  const acted = { outcome: outcome === 'planned' ? ('done' as const) : outcome, processes }
  const verb = (name: string): ActVerb => (plan.removed.includes(name) ? 'delete' : 'start')
  const told = answerOf(acted, { verb, data: done.value, timeout: options.timeout })
  return success({
    ...told,
    text: (style) =>
      [
        asked === 'asked' ? '' : printPlan(plan, style),
        processes.length === 0 ? '' : printProcesses(processes, style),
      ].join(''),
    remarks: warnings,
  })
}
