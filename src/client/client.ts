import { success, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { longestTimeout } from '../wire/act.ts'
import type {
  ApplyAnswer,
  ApplyRequest,
  ConfigView,
  DeclareAnswer,
  EventView,
  ExecRequest,
  ExportView,
  GraphView,
  GroupView,
  InitRequest,
  Waiting,
} from '../wire/declare.ts'
import type { LogQuery } from '../wire/log.ts'
import type { DescriptionView, OneOrMany, ProcessView, StoppingView, WhyView } from '../wire/process.ts'
import {
  addressOf,
  type ActAnswer,
  type ActRequest,
  type EndpointId,
  type SupervisorView,
  type Verb,
} from '../wire/routes.ts'
import type { ReplaceAnswer, ReplaceRequest } from '../wire/replace.ts'
import { carryOn, interruptionIn } from './carry-on.ts'
import { followEvents, type EventFilter, type EventQuery } from './events.ts'
import { followLog } from './follow-log.ts'
import { eventsQuery, graphQuery, logQuery } from './queries.ts'
import * as shapes from './shapes.ts'
import { notCoppice } from './explain.ts'
import { exchange, exchangeText, openStream, type Stream } from './transport.ts'

/** What one can ask of a supervisor. Every method is one request; expected failures are values. */
export interface Client {
  readonly socketPath: string
  supervisor(): Promise<Result<SupervisorView>>
  /** By ascending id. */
  list(): Promise<Result<readonly ProcessView[]>>
  /** @returns one for one name, a list for several; `unknown-process` */
  describe(names: readonly string[]): Promise<Result<OneOrMany<DescriptionView>>>
  why(names: readonly string[]): Promise<Result<OneOrMany<WhyView>>>
  /** Who blocks what is being stopped. */
  stopping(): Promise<Result<StoppingView>>
  /** Puts another program in the place of the supervisor's. It answers when that one does. */
  replace(request: ReplaceRequest): Promise<Result<ReplaceAnswer>>
  act(order: { readonly verb: Verb; readonly names: readonly string[] } & ActRequest): Promise<Result<ActAnswer>>
  exec(request: ExecRequest): Promise<Result<DeclareAnswer>>
  init(request: InitRequest): Promise<Result<DeclareAnswer>>
  apply(request: ApplyRequest): Promise<Result<ApplyAnswer>>
  graph(query: { readonly processConfigOnly: boolean }): Promise<Result<GraphView>>
  /** By ascending id. */
  export(): Promise<Result<readonly ExportView[]>>
  config(): Promise<Result<ConfigView>>
  reload(): Promise<Result<ConfigView>>
  readonly groups: GroupsClient
  /** What a process has written, and, with `follow`, writes; the bytes as they are. */
  log(name: string, query: LogQuery, signal: AbortSignal): Promise<Result<Stream<Uint8Array>>>
  /** The journal: the last `limit` of what is wanted, oldest first. */
  pastEvents(query: EventFilter & { readonly limit: number }): Promise<Result<readonly EventView[]>>
  /** The journal after `since`, then what happens; it goes on where it was when the supervisor was away for a while. */
  events(query: EventQuery): Stream<EventView>
  /** OpenMetrics. */
  metrics(): Promise<Result<string>>
  openapi(): Promise<Result<unknown>>
}

export interface GroupsClient {
  list(): Promise<Result<readonly GroupView[]>>
  /** @returns one for one name, a list for several; `unknown-group` */
  describe(names: readonly string[]): Promise<Result<OneOrMany<GroupView>>>
  create(name: string): Promise<Result<GroupView>>
  /** @returns them as they were */
  delete(names: readonly string[]): Promise<Result<OneOrMany<GroupView>>>
  assign(groups: readonly string[], processes: readonly string[]): Promise<Result<OneOrMany<GroupView>>>
  remove(groups: readonly string[], processes: readonly string[]): Promise<Result<OneOrMany<GroupView>>>
}

/** A supervisor that is asked no more than for what it knows answers at once; one that is silent for so long is stuck. */
const defaultPatience: Millis = 10_000

/** A program is asked its version, answers are finished, and the next one takes back what runs. */
const replacing: Millis = 60_000

/** A client of the supervisor whose control socket has this path. It opens nothing until it is asked. */
export function createClient({
  socketPath,
  patience = defaultPatience,
}: {
  readonly socketPath: string
  readonly patience?: Millis
}): Client {
  async function ask<T>(question: Question, isAnswer: (value: unknown) => value is T): Promise<Result<T>> {
    const answer = await exchange({ socketPath, patience, ...addressed(question), ...question })
    if (!answer.ok) return answer
    return isAnswer(answer.value) ? success(answer.value) : notCoppice(socketPath)
  }

  const open = (question: Question, signal: AbortSignal): Promise<Result<Stream<Uint8Array>>> =>
    openStream({ socketPath, patience, ...addressed(question), signal })

  /**
   * Asks for what may take a while; the request says how long. Where the program of the supervisor is replaced
   * meanwhile, the next one is asked how it goes on.
   */
  async function wish<T>(
    { id, names = [] }: { readonly id: EndpointId; readonly names?: readonly string[] },
    body: Waiting,
    isAnswer: (value: unknown) => value is T,
  ): Promise<Result<T>> {
    const start = performance.now()
    const asked = await ask({ id, names, body, patience: patienceFor(body, patience) }, isAnswer)
    const interruption = asked.ok ? null : interruptionIn(asked.failure)
    if (interruption === null) return asked
    const carried = await carryOn(interruption, (resume) =>
      wish({ id: 'wait' }, { ...resume, ...timeLeft(body, start) }, shapes.isActAnswer),
    )
    if (!carried.ok) return carried
    return isAnswer(carried.value) ? success(carried.value) : notCoppice(socketPath)
  }

  /** A rolling restart whose batches the program before has not come to is gone on with. */
  async function act({ verb, names, ...body }: Parameters<Client['act']>[0]): Promise<Result<ActAnswer>> {
    const start = performance.now()
    const acted = await wish({ id: verb, names }, body, shapes.isActAnswer)
    if (!acted.ok || acted.value.outcome !== 'done') return acted
    const { left = [], ...done } = acted.value
    if (left.length === 0) return success(done)
    const rest = await act({ verb, names: left, ...body, ...timeLeft(body, start) })
    return rest.ok ? success({ ...rest.value, processes: [...done.processes, ...rest.value.processes] }) : rest
  }

  return {
    socketPath,
    supervisor: () => ask({ id: 'supervisor' }, shapes.isSupervisor),
    list: () => ask({ id: 'list' }, shapes.isProcesses),
    describe: (names) => ask({ id: 'describe', names }, shapes.oneOrMany(shapes.isDescription)),
    why: (names) => ask({ id: 'why', names }, shapes.oneOrMany(shapes.isWhy)),
    stopping: () => ask({ id: 'stopping' }, shapes.isStopping),
    act,
    replace: (request) => ask({ id: 'reload-binary', body: request, patience: replacing }, shapes.isReplaceAnswer),
    exec: (request) => wish({ id: 'exec' }, request, shapes.isDeclareAnswer),
    init: (request) => wish({ id: 'init' }, request, shapes.isDeclareAnswer),
    apply: (request) => wish({ id: 'apply' }, request, shapes.isApplyAnswer),
    graph: (query) => ask({ id: 'graph', query: graphQuery(query) }, shapes.isGraph),
    export: () => ask({ id: 'export' }, shapes.listOf(shapes.isExport)),
    config: () => ask({ id: 'config' }, shapes.isConfig),
    reload: () => ask({ id: 'reload' }, shapes.isConfig),
    groups: {
      list: () => ask({ id: 'groups' }, shapes.listOf(shapes.isGroup)),
      describe: (names) => ask({ id: 'group-describe', names }, shapes.oneOrMany(shapes.isGroup)),
      create: (name) => ask({ id: 'group-create', body: { name } }, shapes.isGroup),
      delete: (names) => ask({ id: 'group-delete', names }, shapes.oneOrMany(shapes.isGroup)),
      assign: (names, processes) =>
        ask({ id: 'group-assign', names, body: { processes } }, shapes.oneOrMany(shapes.isGroup)),
      remove: (names, processes) =>
        ask({ id: 'group-remove', names, body: { processes } }, shapes.oneOrMany(shapes.isGroup)),
    },
    log(name, query, signal) {
      const ask = (of: LogQuery) => open({ id: 'log', names: [name], query: logQuery(of) }, signal)
      return query.follow ? followLog(query, ask, signal) : ask(query)
    },
    pastEvents: (query) =>
      ask(
        { id: 'events', query: eventsQuery({ ...query, since: null, follow: false }) },
        shapes.listOf(shapes.isEvent),
      ),
    events: (query) =>
      followEvents(query, (since, signal) => open({ id: 'events', query: eventsQuery({ ...query, since }) }, signal)),
    metrics: () => exchangeText({ socketPath, patience, ...addressed({ id: 'metrics' }) }),
    openapi: () => ask({ id: 'openapi' }, shapes.isAnything),
  }
}

interface Question {
  readonly id: EndpointId
  readonly names?: readonly string[]
  /** With its question mark. */
  readonly query?: string
  readonly body?: unknown
  /** null: as long as it takes; absent: as for everything that can be answered at once. */
  readonly patience?: Millis | null
}

function addressed({ id, names, query = '' }: Question): { readonly method: string; readonly path: string } {
  const { method, path } = addressOf(id, names)
  return { method, path: `${path}${query}` }
}

/** What is left of the time that a request has allowed its processes. */
function timeLeft({ timeout }: Waiting, start: number): Pick<Waiting, 'timeout'> {
  return timeout === undefined ? {} : { timeout: Math.max(0, timeout - (performance.now() - start)) }
}

/** Who waits for processes waits as long as they take, or a little longer than it has allowed them. */
function patienceFor({ wait = true, timeout }: Waiting, patience: Millis): Millis | null {
  if (!wait) return patience
  return timeout === undefined ? null : Math.min(timeout + patience, longestTimeout)
}
