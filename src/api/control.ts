import type { Result } from '../lib/result.ts'
import type { Refusal } from '../wire/refusal.ts'
import type {
  ApplyAnswer,
  ApplyRequest,
  ConfigView,
  DeclareAnswer,
  EventKind,
  EventView,
  ExecRequest,
  ExportView,
  GraphView,
  GroupView,
  InitRequest,
} from '../wire/declare.ts'
import type { Entry } from '../wire/entry.ts'
import type { LogPlace, LogQuery } from '../wire/log.ts'
import type { DescriptionView, ProcessView, StoppingView, WhyLink } from '../wire/process.ts'
import type { Mark, Pending } from '../wire/replace.ts'
import type { SupervisorView, Verb } from '../wire/routes.ts'

/** Who sent a request, as the kernel says it (SO_PEERCRED); null where the kernel does not say. */
export interface Caller {
  readonly uid: number
  readonly user: string
}

/** What was asked for, or why not. */
export type Answered<T> = Result<T, Refusal>

/** What the API may ask of the supervisor that it is the face of. Implemented by `daemon/control.ts`. */
export interface Control {
  supervisor(): SupervisorView
  /** All processes by ascending id. */
  list(): readonly ProcessView[]
  /**
   * The names a target stands for: a name, an id, the shared name of several instances, `group:NAME` or `*`.
   * `unknown-process` or `unknown-group` with a near miss where it stands for nothing; a group and `*` may be empty.
   */
  resolve(target: string): Answered<readonly string[]>
  /** The views of these names, in their order; those that are gone are left out. */
  views(names: readonly string[]): readonly ProcessView[]
  describe(names: readonly string[], caller: Caller | null): readonly DescriptionView[]
  /** The chain of reasons, newest last. */
  why(name: string): readonly WhyLink[]
  /** The same in whole sentences, with what comes next or would end it. Times in them are ISO 8601. */
  story(name: string): readonly string[]
  /** Who blocks what is being stopped. */
  stopping(): StoppingView
  /** Records the wish, for all of these or, where it is refused, for none; it returns at once. */
  act(order: Order): Answered<null>
  /**
   * Resolves when what `act` asked for has come true (`done`: it runs, and is ready where it has a readiness check; or
   * it is gone; a oneshot has succeeded) or cannot come true without further help (`failed`). `act` and `settled` are
   * called in the same turn of the loop: what `act` has changed, and `marks` have of it, is where `settled` begins.
   */
  settled(order: Pending & { readonly signal: AbortSignal }): Promise<'done' | 'failed'>
  marks(names: readonly string[]): readonly Mark[]
  /** The bytes of a process's log, as they are in its files. They end when `signal` is aborted, or, without `follow`, at their end. */
  log(name: string, query: LogQuery, signal: AbortSignal): Answered<AsyncIterable<Uint8Array>>
  /** Where in its file the last lines begin that this query asks for; null: nobody can tell. */
  placeOf(name: string, query: LogQuery): Promise<LogPlace | null>
  /** The journal: entries after `since`, the last `limit` of them (1,000), oldest first. */
  events(query: EventsQuery): readonly EventView[]
  /** Told of every entry from now on. @returns the function that ends the subscription */
  subscribe(listener: (event: EventView) => void): () => void
  /** Puts another program in the place of this one. It comes back only where that was refused. */
  replace(order: ReplaceOrder): Promise<Refusal>
  /** null: this supervisor runs the processes of a file, and nothing else. */
  readonly administration: Administration | null
}

export interface EventsQuery {
  readonly since: number
  readonly process: string | null
  readonly kind?: EventKind
  /** Milliseconds since 1970. */
  readonly from?: number
  readonly limit?: number
}

export interface Order {
  readonly verb: Verb
  readonly names: readonly string[]
  readonly force: boolean
  readonly caller: Caller | null
  /** What changes in the declaration first (start, restart). */
  readonly changes?: { readonly entry: Entry; readonly cwd: string }
}

export interface ReplaceOrder {
  /** null: the one that this supervisor was started from. */
  readonly executable: string | null
  readonly caller: Caller | null
  /** The descriptor of the connection on which the next program is to answer. */
  readonly connection: number | null
}

/** How long an order is waited for: in what `waitFor` of the API gives. */
export type Outcome = 'done' | 'failed' | 'timeout' | 'accepted'

/**
 * What only a daemon can: it has a store. Every order is recorded when it returns; those that start or stop something
 * tell by `names` and `verb` what `settled` is to wait for.
 */
export interface Administration {
  /** Reads config and process file again if they have changed: before each command, as in pmon3. */
  refresh(): Promise<void>
  exec(request: ExecRequest, caller: Caller | null): Promise<Answered<Begun & Pick<DeclareAnswer, 'warnings'>>>
  init(request: InitRequest, caller: Caller | null): Promise<Answered<Begun & Pick<DeclareAnswer, 'warnings'>>>
  /** With `dry_run` it only plans. */
  apply(request: ApplyRequest, caller: Caller | null): Promise<Answered<Applied>>
  graph(query: { readonly processConfigOnly: boolean }): Promise<Answered<GraphView>>
  export(): readonly ExportView[]
  config(): ConfigView
  /** Reads config and process file again: what SIGHUP does. */
  reload(caller: Caller | null): Promise<Answered<ConfigView>>
  readonly groups: Groups
}

/** What was begun: `settled` can be asked how it goes on. */
export interface Begun {
  readonly verb: Verb
  readonly names: readonly string[]
}

/** `begun`: the starts and restarts, and the deletions, that are under way. */
export interface Applied extends Pick<ApplyAnswer, 'plan' | 'warnings'> {
  readonly begun: readonly Begun[]
}

export interface Groups {
  /** By ascending id. */
  list(): readonly GroupView[]
  /** By name or id; `unknown-group`. */
  find(target: string): Answered<GroupView>
  /** `exists`. */
  create(name: string, caller: Caller | null): Answered<GroupView>
  /** The processes stay. */
  delete(name: string, caller: Caller | null): Answered<null>
  /** All of them or none; who is a member already stays one. */
  assign(groups: readonly string[], processes: readonly string[], caller: Caller | null): Answered<readonly GroupView[]>
  remove(groups: readonly string[], processes: readonly string[], caller: Caller | null): Answered<readonly GroupView[]>
}
