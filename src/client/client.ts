import { success, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { longestTimeout } from '../wire/act.ts'
import type { OneOrMany, ProcessView, WhyView } from '../wire/process.ts'
import {
  addressOf,
  type ActAnswer,
  type ActRequest,
  type EndpointId,
  type SupervisorView,
  type Verb,
} from '../wire/routes.ts'
import { isActAnswer, isProcess, isSupervisor, isWhy, listOf, oneOrMany } from './shapes.ts'
import { exchange, notCoppice } from './transport.ts'

/** What one can ask of a supervisor. Every method is one request; expected failures are values. */
export interface Client {
  readonly socketPath: string
  supervisor(): Promise<Result<SupervisorView>>
  /** By ascending id. */
  list(): Promise<Result<readonly ProcessView[]>>
  /** @returns one for one name, a list for several; `unknown-process` */
  describe(names: readonly string[]): Promise<Result<OneOrMany<ProcessView>>>
  why(names: readonly string[]): Promise<Result<OneOrMany<WhyView>>>
  act(order: { readonly verb: Verb; readonly names: readonly string[] } & ActRequest): Promise<Result<ActAnswer>>
}

/** A supervisor that is asked no more than for what it knows answers at once; one that is silent for so long is stuck. */
const defaultPatience: Millis = 10_000

/** A client of the supervisor whose control socket has this path. It opens nothing until it is asked. */
export function createClient({
  socketPath,
  patience = defaultPatience,
}: {
  readonly socketPath: string
  readonly patience?: Millis
}): Client {
  async function ask<T>(
    question: {
      readonly id: EndpointId
      readonly names?: readonly string[]
      readonly body?: unknown
      readonly patience: Millis | null
    },
    isAnswer: (value: unknown) => value is T,
  ): Promise<Result<T>> {
    const answer = await exchange({ socketPath, ...addressOf(question.id, question.names), ...question })
    if (!answer.ok) return answer
    return isAnswer(answer.value) ? success(answer.value) : notCoppice(socketPath)
  }

  return {
    socketPath,
    supervisor: () => ask({ id: 'supervisor', patience }, isSupervisor),
    list: () => ask({ id: 'list', patience }, listOf(isProcess)),
    describe: (names) => ask({ id: 'describe', names, patience }, oneOrMany(isProcess)),
    why: (names) => ask({ id: 'why', names, patience }, oneOrMany(isWhy)),
    act: ({ verb, names, ...body }) =>
      ask({ id: verb, names, body, patience: patienceFor(body, patience) }, isActAnswer),
  }
}

/** Who waits for processes waits as long as they take, or a little longer than it has allowed them. */
function patienceFor({ wait = true, timeout }: ActRequest, patience: Millis): Millis | null {
  if (!wait) return patience
  return timeout === undefined ? null : Math.min(timeout + patience, longestTimeout)
}
