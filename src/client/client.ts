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
import type { DescriptionView, OneOrMany, ProcessView, WhyView } from '../wire/process.ts'
import {
  addressOf,
  type ActAnswer,
  type ActRequest,
  type EndpointId,
  type SupervisorView,
  type Verb,
} from '../wire/routes.ts'
import { followEvents, type EventQuery } from './events.ts'
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

  /** Asks for what may take a while; the request says how long. */
  const wish = <T>(id: EndpointId, body: Waiting, isAnswer: (value: unknown) => value is T): Promise<Result<T>> =>
    ask({ id, body, patience: patienceFor(body, patience) }, isAnswer)

  return {
    socketPath,
    supervisor: () => ask({ id: 'supervisor' }, shapes.isSupervisor),
    list: () => ask({ id: 'list' }, shapes.isProcesses),
    describe: (names) => ask({ id: 'describe', names }, shapes.oneOrMany(shapes.isDescription)),
    why: (names) => ask({ id: 'why', names }, shapes.oneOrMany(shapes.isWhy)),
    act: ({ verb, names, ...body }) =>
      ask({ id: verb, names, body, patience: patienceFor(body, patience) }, shapes.isActAnswer),
    exec: (request) => wish('exec', request, shapes.isDeclareAnswer),
    init: (request) => wish('init', request, shapes.isDeclareAnswer),
    apply: (request) => wish('apply', request, shapes.isApplyAnswer),
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
    log: (name, query, signal) => open({ id: 'log', names: [name], query: logQuery(query) }, signal),
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

/** Who waits for processes waits as long as they take, or a little longer than it has allowed them. */
function patienceFor({ wait = true, timeout }: Waiting, patience: Millis): Millis | null {
  if (!wait) return patience
  return timeout === undefined ? null : Math.min(timeout + patience, longestTimeout)
}
