import type {
  Administration,
  Answered,
  Caller,
  Control,
  EventsQuery,
  Order,
  ReplaceOrder,
} from '../../src/api/control.ts'
import { unknownProcess } from './unknown.ts'
import type { EventView } from '../../src/wire/declare.ts'
import type { LogQuery } from '../../src/wire/log.ts'
import type { DescriptionView, ProcessView, Status, StoppingView, WhyLink } from '../../src/wire/process.ts'
import type { Mark, Pending } from '../../src/wire/replace.ts'
import { refused, type Refusal } from '../../src/wire/refusal.ts'
import type { SupervisorView, Verb } from '../../src/wire/routes.ts'
import { FakeAdministration } from './fake-administration.ts'
import { FakeGroups } from './fake-groups.ts'
import { readFakeLog } from './fake-log.ts'

export type { Order } from '../../src/api/control.ts'

/** How a fake process takes a wish: at once, when the test says so, or never with success. */
export type Habit = 'obeys' | 'dawdles' | 'fails'

export interface FakeProcess extends Partial<ProcessView> {
  readonly name: string
  readonly habit?: Habit
  /** The name it shares with other instances. */
  readonly instanceOf?: string
  /** What `describe` shows to root. */
  readonly env?: Readonly<Record<string, string>>
}

interface Actor {
  readonly view: ProcessView
  readonly habit: Habit
  readonly instanceOf: string | null
  readonly env: Readonly<Record<string, string>>
}

/** A supervisor that has no processes, only their views, and behaves as `Control` says. */
export class FakeControl implements Control {
  /** What was asked for, oldest first. */
  readonly orders: Order[] = []
  /** How many wait for something at this moment. */
  waiting = 0
  /** How many follow a log, and how many the journal, at this moment. */
  readonly followers = { logs: 0, events: 0 }
  /** While there is one, whoever wants to change something gets it. */
  refuses: Refusal | null = null
  /** What it is: by default an `up` of a file, but with an administration. */
  view: SupervisorView = {
    version: '1.2.3',
    pid: 4242,
    mode: 'up',
    file: '/srv/tree.yml',
    started_at: '2026-11-20T08:00:00.000Z',
  }
  /** What is in the logs by name of the process; `NAME:stderr` and `NAME:archive` have the rest. Add with `writes`. */
  readonly logs = new Map<string, string>()
  /** What `events` tells of; add with `happens`. */
  readonly journal: EventView[] = []
  /** What `stopping` answers. */
  stop: StoppingView = { ending: false, forced_at: null, sentences: ['Nothing is being stopped.'], processes: [] }
  /** Members are told in the views of the processes. */
  readonly groups: FakeGroups
  /** What was asked of it, and what it answers. */
  readonly admin: FakeAdministration
  /** Set it to null to make an `up` of this supervisor. */
  administration: Administration | null
  readonly #processes = new Map<string, Actor>()
  readonly #changed = new EventTarget()
  readonly #listeners = new Set<(event: EventView) => void>()

  constructor(processes: readonly FakeProcess[] = []) {
    for (const process of processes) this.put(process)
    this.groups = new FakeGroups(this)
    this.admin = new FakeAdministration(this, this.groups)
    this.administration = this.admin
  }

  supervisor(): SupervisorView {
    return this.view
  }

  list(): readonly ProcessView[] {
    return [...this.#processes.values()].map(({ view }) => view)
  }

  resolve(target: string): Answered<readonly string[]> {
    const all = [...this.#processes.values()]
    if (target === '*') return { ok: true, value: all.map(({ view }) => view.name) }
    if (target.startsWith('group:')) {
      const group = this.groups.find(target.slice('group:'.length))
      return group.ok ? { ok: true, value: group.value.processes } : group
    }
    const exact = all.filter(({ view }) => String(view.id) === target || view.name === target)
    const found = exact.length > 0 ? exact : all.filter(({ instanceOf }) => instanceOf === target)
    const names = found.map(({ view }) => view.name)
    return names.length > 0 ? { ok: true, value: names } : unknownProcess(target, [...this.#processes.keys()])
  }

  views(names: readonly string[]): readonly ProcessView[] {
    return names.flatMap((name) => this.#processes.get(name)?.view ?? [])
  }

  describe(names: readonly string[], caller: Caller | null): readonly DescriptionView[] {
    return this.views(names).map((view) => {
      return { ...view, env: caller?.uid === 0 ? this.#actor(view.name).env : null }
    })
  }

  why(name: string): readonly WhyLink[] {
    const reason = this.#actor(name).view.reason
    return [
      { at: '2026-11-20T08:00:00.000Z', text: 'asked to start by root' },
      { at: '2026-11-20T08:00:01.500Z', text: reason },
    ]
  }

  story(name: string): readonly string[] {
    const { reason, status } = this.#actor(name).view
    return [`${name} is ${status} because ${reason}, at 2026-11-20T08:00:01.500Z.`, 'It is as it is.']
  }

  stopping(): StoppingView {
    return this.stop
  }

  act(order: Order): Answered<null> {
    if (this.refuses !== null) return { ok: false, failure: this.refuses }
    this.orders.push(order)
    for (const name of order.names) {
      const { habit } = this.#actor(name)
      if (habit === 'obeys') this.#obey(order.verb, name)
      if (habit === 'fails') this.becomes(name, ends(order.verb) ? 'stuck' : 'failed', `could not ${order.verb}`)
    }
    return { ok: true, value: null }
  }

  marks(names: readonly string[]): readonly Mark[] {
    return this.views(names).map(({ id, name, restart_count }) => ({ id, name, created_at: 0, restart_count }))
  }

  /** What a replacement is refused with; what was asked of it. */
  readonly replacements: ReplaceOrder[] = []

  async replace(order: ReplaceOrder): Promise<Refusal> {
    this.replacements.push(order)
    return refused('not-replaced', 'not this one').failure
  }

  async settled({ verb, processes, signal }: Pending & { signal: AbortSignal }): Promise<'done' | 'failed'> {
    const order = { verb, names: processes.map(({ name }) => name), signal }
    const { promise, resolve, reject } = Promise.withResolvers<'done' | 'failed'>()
    const look = (): void => {
      const found = this.views(order.names).map(({ status }) => status)
      if (found.some((status) => status === 'failed' || status === 'stuck')) resolve('failed')
      if (isSettled(order.verb, found)) resolve('done')
    }
    const abort = (): void => reject(order.signal.reason)
    this.#changed.addEventListener('change', look)
    order.signal.addEventListener('abort', abort)
    this.waiting += 1
    this.#changed.dispatchEvent(new Event('change'))
    try {
      return await promise
    } finally {
      this.waiting -= 1
      this.#changed.removeEventListener('change', look)
      order.signal.removeEventListener('abort', abort)
    }
  }

  log(name: string, query: LogQuery, signal: AbortSignal): Answered<AsyncIterable<Uint8Array>> {
    if (!this.logs.has(name)) return refused('no-log', `${name} has no log file.`)
    const source = { logs: this.logs, changed: this.#changed, followers: this.followers }
    return { ok: true, value: readFakeLog(source, { name, query, signal }) }
  }

  async placeOf(): Promise<null> {
    return null
  }

  events({ since, process, kind, from, limit = Number.POSITIVE_INFINITY }: EventsQuery): readonly EventView[] {
    const wanted = this.journal.filter((event) => {
      if (event.id <= since || (process !== null && event.process !== process)) return false
      return (kind === undefined || event.kind === kind) && (from === undefined || Date.parse(event.at) >= from)
    })
    return wanted.slice(-limit)
  }

  subscribe(listener: (event: EventView) => void): () => void {
    this.#listeners.add(listener)
    this.followers.events = this.#listeners.size
    return () => {
      this.#listeners.delete(listener)
      this.followers.events = this.#listeners.size
    }
  }

  /** News: from now on a process has this status. */
  becomes(name: string, status: Status, reason = `it is ${status}`): void {
    const before = this.#actor(name)
    const lives = status === 'running'
    const pid = lives ? 1000 + before.view.id : null
    this.#processes.set(name, { ...before, view: { ...before.view, status, reason, ready: lives, pid } })
    this.happens({ process: name, from: before.view.status, to: status, reason })
    this.#changed.dispatchEvent(new Event('change'))
  }

  /** News: one more line in the journal. */
  happens(event: Partial<EventView> & { readonly process: string | null }): void {
    const entry = anEvent({ id: (this.journal.at(-1)?.id ?? 0) + 1, ...event })
    this.journal.push(entry)
    for (const listener of this.#listeners) listener(entry)
  }

  /** News: a process (or `NAME:stderr`) has written this. */
  writes(name: string, text: string): void {
    this.logs.set(name, (this.logs.get(name) ?? '') + text)
    this.#changed.dispatchEvent(new Event('change'))
  }

  /** News: a process is gone, and forgotten. */
  vanishes(name: string): void {
    this.#processes.delete(name)
    this.#changed.dispatchEvent(new Event('change'))
  }

  /** Makes a process, or makes one anew: then what is not said stays as it was. */
  put({ habit, instanceOf, env, ...rest }: FakeProcess): void {
    const before = this.#processes.get(rest.name)
    const id = 1 + Math.max(0, ...this.list().map((view) => view.id))
    this.#processes.set(rest.name, {
      view: before === undefined ? aView({ id, ...rest }) : { ...before.view, ...rest },
      habit: habit ?? before?.habit ?? 'obeys',
      instanceOf: instanceOf ?? before?.instanceOf ?? null,
      env: env ?? before?.env ?? {},
    })
  }

  /** Resolves when the number of those who wait has become this one. */
  async untilWaiting(count: number): Promise<void> {
    while (this.waiting !== count) await Bun.sleep(1)
  }

  /** Resolves when so many follow a log, or the journal. */
  async untilFollowed(what: 'logs' | 'events', count: number): Promise<void> {
    while (this.followers[what] !== count) await Bun.sleep(1)
  }

  #obey(verb: Verb, name: string): void {
    switch (verb) {
      case 'start':
      case 'restart':
        return this.becomes(name, 'running')
      case 'stop':
        return this.becomes(name, 'stopped')
      case 'delete':
        return this.vanishes(name)
      case 'reset':
        return this.put({ name, restart_count: 0 })
    }
  }

  #actor(name: string): Actor {
    const found = this.#processes.get(name)
    if (found === undefined) throw new Error(`no process ${name}`)
    return found
  }
}

function ends(verb: Verb): boolean {
  return verb === 'stop' || verb === 'delete'
}

/** @param found the statuses of those that are still there */
function isSettled(verb: Verb, found: readonly Status[]): boolean {
  switch (verb) {
    case 'start':
    case 'restart':
      return found.every((status) => status === 'running')
    case 'stop':
      return found.every((status) => status === 'stopped')
    case 'delete':
      return found.length === 0
    case 'reset':
      return true
  }
}

/** A line of the journal: a process that has started, but for what is said otherwise. */
export function anEvent(event: Partial<EventView> & { readonly process: string | null }): EventView {
  return {
    id: 1,
    at: '2026-11-20T08:00:00.000Z',
    kind: 'status',
    from: 'init',
    to: 'running',
    run: 1,
    pid: 1001,
    restart_count: 0,
    exit: null,
    reason: 'started',
    because: null,
    by: null,
    ...event,
  }
}

/** The view of a process that runs, but for what is said otherwise. */
export function aView(process: Partial<ProcessView> & { readonly name: string }): ProcessView {
  const { id = 1 } = process
  return {
    id,
    pid: 1000 + id,
    last_pid: 1000 + id,
    status: 'running',
    ready: true,
    run: 1,
    restart_count: 0,
    user: 'root',
    cpu: 0,
    memory: 0,
    parent: null,
    dependencies: [],
    groups: [],
    since: '2026-11-20T08:00:00.000Z',
    exit: null,
    reason: 'started',
    next_try: null,
    log: null,
    command: ['sleep', '1000'],
    cwd: '/srv',
    restart: 'always',
    created_at: '2026-11-20T08:00:00.000Z',
    updated_at: '2026-11-20T08:00:00.000Z',
    ...process,
  }
}
