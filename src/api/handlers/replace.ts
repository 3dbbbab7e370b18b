import type { ActAnswer } from '../../wire/routes.ts'
import { ok, refusalOf, type Answer } from '../answer.ts'
import { interrupted } from '../interrupted.ts'
import type { Handler } from '../request.ts'
import { parse } from '../schemas/parse.ts'
import { replaceRequest, waitRequest } from '../schemas/requests.ts'
import { waitFor } from '../wait.ts'

/** [AP61]: only a refusal comes back to here. Else the next program answers, on the same connection. */
export const reloadBinary: Handler = async ({ control, body, caller, connection }) => {
  const asked = parse(replaceRequest, body, 'The body')
  if (!asked.ok) return refusalOf(asked.failure)
  return refusalOf(await control.replace({ executable: asked.value.executable ?? null, caller, connection }))
}

/** [AP60]: goes on waiting for what was begun before the supervisor's program was replaced. */
export const wait: Handler = async ({ control, body, gone }): Promise<Answer> => {
  const asked = parse(waitRequest, body, 'The body')
  if (!asked.ok) return refusalOf(asked.failure)
  const { begun, timeout = null } = asked.value
  const names = begun.flatMap(({ processes }) => processes.map(({ name }) => name))
  const outcome = await waitFor({ control, begun, timeout, gone })
  const answer = { processes: control.views(names) }
  if (typeof outcome === 'object')
    return interrupted(gone, { begun: outcome.begun, answer, recorded: 'it is under way' })
  return ok({ outcome, ...answer } satisfies ActAnswer)
}
