import { nearMiss } from '../lib/near-miss.ts'
import { listOf } from '../lib/text.ts'
import { parseActRequest } from '../wire/act.ts'
import { oneOrMany, type WhyView } from '../wire/process.ts'
import type { ActAnswer, EndpointId, Verb } from '../wire/routes.ts'
import { refusal, type Answer } from './answer.ts'
import type { Caller, Control } from './control.ts'
import { waitFor } from './wait.ts'

export interface Request {
  readonly control: Control
  /** As they stand in the path. */
  readonly asked: readonly string[]
  /** The parsed JSON of the body; `{}` where there was none. */
  readonly body: unknown
  readonly caller: Caller | null
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal
}

type Handler = (request: Request) => Answer | Promise<Answer>

/** One handler for each endpoint that `wire` knows. */
export const handlers: Readonly<Record<EndpointId, Handler>> = {
  supervisor: ({ control }) => ok(control.supervisor()),
  list: ({ control }) => ok(control.list()),
  describe: (request) => withNames(request, (names) => ok(oneOrMany(request.asked, request.control.views(names)))),
  why: (request) => withNames(request, (names) => ok(oneOrMany(request.asked, why(request.control, names)))),
  start: (request) => act('start', request),
  stop: (request) => act('stop', request),
  restart: (request) => act('restart', request),
}

function why(control: Control, names: readonly string[]): WhyView[] {
  return control.views(names).map(({ name, status }) => ({ name, status, links: control.why(name) }))
}

/** [AP5]: the wish for all, or, where one name is unknown or the body is wrong, for none. */
function act(verb: Verb, request: Request): Answer | Promise<Answer> {
  const order = parseActRequest(verb, request.body)
  if (!order.ok) return refusal('bad-request', order.failure.message, order.failure.hint)
  return withNames(request, async (names) => {
    const { control, caller, gone } = request
    const { force, wait, timeout } = order.value
    control.act({ verb, names, force, caller })
    const outcome = wait ? await waitFor({ control, verb, names, timeout, gone }) : 'accepted'
    if (outcome === 'gone')
      return refusal('shutting-down', `The supervisor is shutting down; the ${verb} was recorded.`)
    const body: ActAnswer = { outcome, processes: control.views(names) }
    return { status: wait ? 200 : 202, body }
  })
}

function withNames(
  { control, asked }: Request,
  answer: (names: readonly string[]) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const resolved = asked.map((one) => ({ one, names: control.resolve(one) }))
  const unknown = resolved.filter(({ names }) => names.length === 0).map(({ one }) => one)
  if (unknown.length > 0) return unknownProcesses(unknown, control)
  return answer([...new Set(resolved.flatMap(({ names }) => names))])
}

function unknownProcesses(unknown: readonly string[], control: Control): Answer {
  const known = control.list().map(({ name }) => name)
  const quoted = unknown.map((name) => `"${name}"`)
  const message =
    quoted.length === 1 ? `There is no process ${listOf(quoted)}.` : `There are no processes ${listOf(quoted)}.`
  const near = unknown.map((name) => nearMiss(name, known)).filter((name) => name !== null)
  if (near.length > 0)
    return refusal('unknown-process', message, `Did you mean ${listOf(near.map((name) => `"${name}"`))}?`)
  return refusal('unknown-process', message, known.length === 0 ? 'There are no processes at all.' : knownHint(known))
}

/** All names where they are few enough to be read. */
function knownHint(known: readonly string[]): string {
  const shown = known.slice(0, 12)
  return known.length > shown.length
    ? `There are ${shown.join(', ')} and others.`
    : `There ${known.length === 1 ? 'is' : 'are'} ${listOf(known)}.`
}

function ok(body: unknown): Answer {
  return { status: 200, body }
}
