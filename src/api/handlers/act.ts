import { success, type Result } from '../../lib/result.ts'
import { listOf } from '../../lib/text.ts'
import { refused, type Refusal } from '../../wire/refusal.ts'
import type { ActAnswer, ActRequest, Verb } from '../../wire/routes.ts'
import { refusalOf, type Answer } from '../answer.ts'
import type { Order } from '../control.ts'
import { interrupted } from '../interrupted.ts'
import { notHere } from '../not-here.ts'
import type { Handler, Request } from '../request.ts'
import { actRequests } from '../schemas/requests.ts'
import { parse } from '../schemas/parse.ts'
import { withNames } from '../targets.ts'
import { viewsBefore } from '../views-before.ts'
import { waitFor } from '../wait.ts'
import { roll } from './roll.ts'

/** [AP5]: the wish for all, or, where one target is unknown or the body is wrong, for none. */
export function act(verb: Verb): Handler {
  return (request) => {
    const asked = parseActRequest(verb, request.body)
    if (!asked.ok) return refusalOf(asked.failure)
    const { changes, rolling } = asked.value
    if (changes !== undefined && request.control.administration === null) return refusalOf(notHere(request.control))
    return withNames(request, (names) => {
      const order = orderOf({ verb, names, caller: request.caller }, asked.value)
      const timeout = asked.value.timeout ?? null
      if (rolling !== undefined) return roll(request, { order, timeout, size: rolling })
      return actAtOnce(request, { order, timeout, wait: asked.value.wait ?? true })
    })
  }
}

/** Reads the body of a request that acts: [AP7]. Fails with `bad-request`, naming the key that is wrong. */
export function parseActRequest(verb: Verb, body: unknown): Result<ActRequest, Refusal> {
  const parsed = parse<ActRequest>(actRequests[verb], body, 'The body')
  if (!parsed.ok) return misplacedKey(verb, body) ?? parsed
  const { changes, cwd, rolling, wait } = parsed.value
  if (changes !== undefined && cwd === undefined)
    return refused('bad-request', 'The body has "changes" and lacks "cwd", where their relative paths begin.')
  if (rolling !== undefined && wait === false)
    return refused('bad-request', '"rolling" waits for each batch, and so cannot go with "wait": false.')
  return success(parsed.value)
}

/** For a key that means something to other verbs. */
function misplacedKey(verb: Verb, body: unknown): Result<never, Refusal> | null {
  const keys = typeof body === 'object' && body !== null ? Object.keys(body) : []
  for (const key of keys) {
    const verbs = Object.entries(actRequests).flatMap(([name, { properties = {} }]) =>
      Object.hasOwn(properties, key) ? [name] : [],
    )
    if (verbs.length > 0 && !verbs.includes(verb))
      return refused('bad-request', `"${key}" means something to ${listOf(verbs)}, not to ${verb}.`)
  }
  return null
}

function orderOf(order: Pick<Order, 'verb' | 'names' | 'caller'>, { force, changes, cwd }: ActRequest): Order {
  const plain = { ...order, force: force ?? false }
  return changes === undefined || cwd === undefined ? plain : { ...plain, changes: { entry: changes, cwd } }
}

async function actAtOnce(
  { control, gone }: Request,
  { order, timeout, wait }: { readonly order: Order; readonly timeout: number | null; readonly wait: boolean },
): Promise<Answer> {
  const { verb, names } = order
  const viewsAfter = viewsBefore(control, verb === 'delete' ? names : [])
  const acted = names.length === 0 ? success(null) : control.act(order)
  if (!acted.ok) return refusalOf(acted.failure)
  const outcome = wait ? await waitFor({ control, begun: [{ verb, names }], timeout, gone }) : 'accepted'
  if (typeof outcome === 'object') {
    const answer = { processes: viewsAfter(names) }
    return interrupted(gone, { begun: outcome.begun, answer, recorded: `the ${verb} was recorded` })
  }
  const body: ActAnswer = { outcome, processes: viewsAfter(names) }
  return { tag: 'json', status: wait ? 200 : 202, body }
}
