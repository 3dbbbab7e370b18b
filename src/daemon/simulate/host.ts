import type { Exit } from '../../core/exit.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { never, type Instant, type Millis } from '../../lib/time.ts'
import type { RunNews, Spawner, SpawnOrder } from '../../system/ports.ts'
import type { Agenda } from './agenda.ts'
import type { Habits } from './habits.ts'

/** A host on which nothing is started: its programs have habits. Their runs leave nothing behind. */
export interface SimulatedHost extends Spawner {
  /** Ends the run of a process that nobody has asked to end. @returns false: it has none */
  end(name: string, exit: Exit): boolean
  /** Whether the checks of a process pass now. */
  isWell(name: string): boolean
}

interface Life {
  readonly order: SpawnOrder
  readonly since: Instant
  isAlive: boolean
}

/** How long a program takes to go when it is asked to. */
const obeysAfter: Millis = 10

export function createHost(agenda: Agenda, habitsOf: (spec: ProcessSpec) => Habits): SimulatedHost {
  const runs = new Map<string, Life>()
  const latest = new Map<string, Life>()
  let pids = 100

  function die(life: Life, exit: Exit): void {
    if (!life.isAlive) return
    life.isAlive = false
    tell(life, { tag: 'exited', exit, left: 0 })
  }

  /** News never comes from within an order. */
  function tell({ order }: Life, news: RunNews): void {
    agenda.after(0, () => order.news(news))
  }

  /** What it says of itself on NOTIFY_SOCKET or NOTIFY_FD. */
  function speak(life: Life): void {
    const { spec } = life.order
    const { ready } = spec
    if (ready?.tag !== 'notify') return
    const { readyAfter } = habitsOf(spec)
    const say = (message: Extract<RunNews, { tag: 'notified' }>['message']): void => {
      if (life.isAlive) life.order.news({ tag: 'notified', message })
    }
    if (readyAfter !== never) agenda.after(readyAfter, () => say({ tag: 'ready' }))
    const { watchdog } = ready
    if (watchdog === null) return
    const beat = (): void => {
      if (!life.isAlive) return
      if (!isSick(spec)) say({ tag: 'watchdog' })
      agenda.after(watchdog / 2, beat)
    }
    agenda.after(watchdog / 2, beat)
  }

  function isSick(spec: ProcessSpec): boolean {
    const now = agenda.now()
    return habitsOf(spec).sick.some(({ from, to }) => now >= from && now < to)
  }

  return {
    spawn(order) {
      const { ref, spec } = order
      const life: Life = { order, since: agenda.now(), isAlive: true }
      runs.set(`${ref.process}:${ref.run}`, life)
      latest.set(spec.name, life)
      const { ends } = habitsOf(spec)
      if (ends !== null) agenda.after(ends.after, () => die(life, ends.exit))
      speak(life)
      return { tag: 'spawned', pid: pids++, startTime: agenda.now() }
    },
    adopt() {
      throw new Error('nothing was there before a simulation')
    },
    markerOf: () => null,
    signal(ref, { signal }) {
      const life = runs.get(`${ref.process}:${ref.run}`)
      if (life === undefined) return
      if (signal === 'SIGKILL') die(life, { tag: 'signal', signal })
      else if (!habitsOf(life.order.spec).isStubborn)
        agenda.after(obeysAfter, () => die(life, { tag: 'signal', signal }))
    },
    release: () => undefined,
    end(name, exit) {
      const life = latest.get(name)
      if (life === undefined || !life.isAlive) return false
      die(life, exit)
      return true
    },
    isWell(name) {
      const life = latest.get(name)
      if (life === undefined || !life.isAlive) return false
      const { spec } = life.order
      return agenda.now() - life.since >= habitsOf(spec).readyAfter && !isSick(spec)
    },
    async [Symbol.asyncDispose]() {},
  }
}
