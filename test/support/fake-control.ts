import type { Caller, Control } from '../../src/api/control.ts'
import type { ProcessView, Status, WhyLink } from '../../src/wire/process.ts'
import type { SupervisorView, Verb } from '../../src/wire/routes.ts'

/** How a fake process takes a wish: at once, when the test says so, or never with success. */
export type Habit = 'obeys' | 'dawdles' | 'fails'

export interface FakeProcess extends Partial<ProcessView> {
  readonly name: string
  readonly habit?: Habit
  /** The name it shares with other instances. */
  readonly instanceOf?: string
}

interface Actor {
  readonly view: ProcessView
  readonly habit: Habit
  readonly instanceOf: string | null
}

export interface Order {
  readonly verb: Verb
  readonly names: readonly string[]
  readonly force: boolean
  readonly caller: Caller | null
}

/** A supervisor that has no processes, only their views, and behaves as `Control` says. */
export class FakeControl implements Control {
  /** What was asked for, oldest first. */
  readonly orders: Order[] = []
  /** How many wait for something at this moment. */
  waiting = 0
  readonly #processes = new Map<string, Actor>()
  readonly #changed = new EventTarget()

  constructor(processes: readonly FakeProcess[] = []) {
    for (const { habit = 'obeys', instanceOf = null, ...rest } of processes) {
      const view = aView({ id: this.#processes.size + 1, ...rest })
      this.#processes.set(view.name, { view, habit, instanceOf })
    }
  }

  supervisor(): SupervisorView {
    return { version: '1.2.3', pid: 4242, mode: 'up', file: '/srv/tree.yml', started_at: '2026-11-20T08:00:00.000Z' }
  }

  list(): readonly ProcessView[] {
    return [...this.#processes.values()].map(({ view }) => view)
  }

  resolve(nameOrId: string): readonly string[] {
    const all = [...this.#processes.values()]
    const exact = all.filter(({ view }) => String(view.id) === nameOrId || view.name === nameOrId)
    const found = exact.length > 0 ? exact : all.filter(({ instanceOf }) => instanceOf === nameOrId)
    return found.map(({ view }) => view.name)
  }

  views(names: readonly string[]): readonly ProcessView[] {
    return names.map((name) => this.#actor(name).view)
  }

  why(name: string): readonly WhyLink[] {
    const reason = this.#actor(name).view.reason
    return [
      { at: '2026-11-20T08:00:00.000Z', text: 'asked to start by root' },
      { at: '2026-11-20T08:00:01.500Z', text: reason },
    ]
  }

  act(order: Order): void {
    this.orders.push(order)
    for (const name of order.names) {
      const { habit } = this.#actor(name)
      if (habit === 'obeys') this.becomes(name, order.verb === 'stop' ? 'stopped' : 'running')
      if (habit === 'fails') this.becomes(name, order.verb === 'stop' ? 'stuck' : 'failed', `could not ${order.verb}`)
    }
  }

  async settled(order: { verb: Verb; names: readonly string[]; signal: AbortSignal }): Promise<'done' | 'failed'> {
    const { promise, resolve, reject } = Promise.withResolvers<'done' | 'failed'>()
    const wanted = order.verb === 'stop' ? 'stopped' : 'running'
    const look = (): void => {
      const found = this.views(order.names).map(({ status }) => status)
      if (found.some((status) => status === 'failed' || status === 'stuck')) resolve('failed')
      if (found.every((status) => status === wanted)) resolve('done')
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

  /** News: from now on a process has this status. */
  becomes(name: string, status: Status, reason = `it is ${status}`): void {
    const before = this.#actor(name)
    const lives = status === 'running'
    const pid = lives ? 1000 + before.view.id : null
    this.#processes.set(name, { ...before, view: { ...before.view, status, reason, ready: lives, pid } })
    this.#changed.dispatchEvent(new Event('change'))
  }

  /** Resolves when the number of those who wait has become this one. */
  async untilWaiting(count: number): Promise<void> {
    while (this.waiting !== count) await Bun.sleep(1)
  }

  #actor(name: string): Actor {
    const found = this.#processes.get(name)
    if (found === undefined) throw new Error(`no process ${name}`)
    return found
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
