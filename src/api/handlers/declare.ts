import type { ApplyAnswer, DeclareAnswer } from '../../wire/declare.ts'
import { ok, refusalOf, type Answer } from '../answer.ts'
import type { Answered, Begun } from '../control.ts'
import { interrupted } from '../interrupted.ts'
import { administered } from '../not-here.ts'
import { parseQuery } from '../query.ts'
import type { Handler, Request } from '../request.ts'
import { parse } from '../schemas/parse.ts'
import { applyRequest, execRequest, graphQuery, initRequest, nothing } from '../schemas/requests.ts'
import { viewsBefore } from '../views-before.ts'
import { waitFor } from '../wait.ts'

export const exec: Handler = administered(async (request, administration) => {
  const asked = parse(execRequest, request.body, 'The body')
  if (!asked.ok) return refusalOf(asked.failure)
  return declared(request, asked.value, await administration.exec(asked.value, request.caller))
})

export const init: Handler = administered(async (request, administration) => {
  const asked = parse(initRequest, request.body, 'The body')
  if (!asked.ok) return refusalOf(asked.failure)
  return declared(request, asked.value, await administration.init(asked.value, request.caller))
})

export const apply: Handler = administered(async (request, administration) => {
  const asked = parse(applyRequest, request.body, 'The body')
  if (!asked.ok) return refusalOf(asked.failure)
  const { control } = request
  const viewsAfter = viewsBefore(control, asked.value.dry_run === true ? [] : control.list().map(({ name }) => name))
  const applied = await administration.apply(asked.value, request.caller)
  if (!applied.ok) return refusalOf(applied.failure)
  const { plan, warnings, begun } = applied.value
  if (asked.value.dry_run === true)
    return ok({ outcome: 'planned', plan, warnings, processes: [] } satisfies ApplyAnswer)
  return settle(request, { ...asked.value, begun }, (outcome) => {
    const names = begun.flatMap((one) => one.names)
    return { outcome, plan, warnings, processes: viewsAfter(names) } satisfies ApplyAnswer
  })
})

export const graph: Handler = administered(async ({ query }, administration) => {
  const asked = parseQuery(graphQuery, query)
  if (!asked.ok) return refusalOf(asked.failure)
  return answered(await administration.graph({ processConfigOnly: asked.value.process_config_only ?? false }))
})

export const exported: Handler = administered((_request, administration) => ok(administration.export()))

export const config: Handler = administered((_request, administration) => ok(administration.config()))

export const reload: Handler = administered(async ({ body, caller }, administration) => {
  const asked = parse(nothing, body, 'The body')
  return asked.ok ? answered(await administration.reload(caller)) : refusalOf(asked.failure)
})

function answered(result: Answered<unknown>): Answer {
  return result.ok ? ok(result.value) : refusalOf(result.failure)
}

interface Waiting {
  readonly wait?: boolean
  readonly timeout?: number
}

function declared(
  request: Request,
  asked: Waiting,
  begun: Answered<Begun & Pick<DeclareAnswer, 'warnings'>>,
): Answer | Promise<Answer> {
  if (!begun.ok) return refusalOf(begun.failure)
  const { verb, names, warnings } = begun.value
  return settle(request, { ...asked, begun: [{ verb, names }] }, (outcome) => {
    return { outcome, processes: request.control.views(names), warnings } satisfies DeclareAnswer
  })
}

/** Waits for what was begun, where that was asked for: [AP8], [AP9]. */
async function settle(
  { control, gone }: Request,
  { wait = true, timeout = null, begun }: { wait?: boolean; timeout?: number | null; begun: readonly Begun[] },
  bodyFor: (outcome: DeclareAnswer['outcome']) => DeclareAnswer | ApplyAnswer,
): Promise<Answer> {
  const outcome = wait ? await waitFor({ control, begun, timeout, gone }) : 'accepted'
  if (typeof outcome === 'object') {
    const { outcome: _none, ...answer } = bodyFor('accepted')
    return interrupted(gone, { begun: outcome.begun, answer, recorded: 'what was asked was recorded' })
  }
  return { tag: 'json', status: wait ? 200 : 202, body: bodyFor(outcome) }
}
