import type { Exit } from '../../src/core/exit.ts'
import type { SignalName } from '../../src/lib/signals.ts'
import type { Instant, Millis } from '../../src/lib/time.ts'
import type { Notification, RunNews, SignalScope, SpawnOrder } from '../../src/system/ports.ts'
import type { VirtualClock } from './clock.ts'
import type { Habit, Span } from './habit.ts'
import { Life } from './life.ts'

/** One run on the simulated host: a main process, its descendants, and the news of them. */
export class SimRun {
  /** What it was started for; its news goes to whoever follows it by now. */
  order: SpawnOrder
  readonly since: Instant
  readonly main: Life
  readonly children: readonly Life[]
  /** How its main process ended; null while it lives. */
  exit: Exit | null = null
  /** What is left of it is nobody's business any more. */
  released = false
  /** When it got its first stop signal. */
  askedAt: Instant | null = null
  /** How often it got SIGKILL. */
  kills = 0
  habit: Habit
  /** Whether a probe of its readiness has passed, or it has said so. */
  wasReady = false
  /** Its process was declared anew since it began. */
  wasRedeclared = false
  /** Whether it is to end when all behave. */
  isOneshot: boolean
  private toldExit = false
  private follower: ((news: RunNews) => void) | null
  private readonly clock: VirtualClock
  private readonly latency: () => Millis

  constructor(input: {
    order: SpawnOrder
    habit: Habit
    clock: VirtualClock
    pids: () => number
    latency: () => Millis
    onExit: (exit: Exit) => void
  }) {
    const { order, habit, clock, pids } = input
    this.order = order
    this.follower = order.news
    this.isOneshot = order.spec.oneshot
    this.habit = habit
    this.clock = clock
    this.latency = input.latency
    this.since = clock.now()
    const main = { pid: pids(), manners: habit, clock }
    this.main = new Life({ ...main, onDeath: (exit) => (input.onExit(exit), this.mainDied(exit)) })
    this.children = (habit.children ?? []).map((manners) => {
      return new Life({ pid: pids(), manners, clock, onDeath: () => this.childDied() })
    })
    if (habit.ends !== undefined) this.main.endsAfter(habit.ends.after, habit.ends.exit)
    this.speak()
  }

  /** Nobody hears its news any more: not what is on its way, and not what is to come. */
  forsake(): void {
    this.follower = null
  }

  /** Somebody else hears of it from here on: of its end only if it comes yet, of what it leaves in any case. */
  follow(order: SpawnOrder): void {
    this.order = order
    this.follower = order.news
    this.toldExit = !this.main.isAlive
  }

  /** Its living processes, unless it was released. */
  get living(): readonly Life[] {
    return this.released ? [] : [this.main, ...this.children].filter((life) => life.isAlive)
  }

  get age(): Millis {
    return this.clock.now() - this.since
  }

  signal(signal: SignalName, scope: SignalScope): void {
    if (signal === 'SIGKILL') this.kills += 1
    else this.askedAt ??= this.clock.now()
    for (const life of this.living) {
      const reached = life === this.main || scope === 'everything' || (scope === 'group' && this.reachesInGroup(life))
      if (reached) life.takes(signal)
    }
  }

  isReady(): boolean {
    const { readyAfter = 0, unready = [] } = this.habit
    const ready = this.main.isAlive && readyAfter !== 'never' && this.age >= readyAfter && !isWithin(unready, this.age)
    this.wasReady ||= ready
    return ready
  }

  isHealthy(): boolean {
    return this.main.isAlive && !isWithin(this.habit.sick ?? [], this.age)
  }

  /** From now on it behaves, and so do its children. A oneshot ends well soon; anything else runs on. */
  calmDown(): void {
    this.habit = {}
    for (const life of this.living) life.calmDown()
    if (this.isOneshot) this.main.endsAfter(20, { tag: 'code', code: 0 })
    this.speak()
  }

  /** Once the main process has ended, its group is whatever is left of it. */
  private reachesInGroup(life: Life): boolean {
    return !life.escaped || !this.main.isAlive
  }

  private mainDied(exit: Exit): void {
    this.exit = exit
    this.tellLater(() => {
      this.toldExit = true
      return { tag: 'exited', exit, left: this.living.length }
    })
  }

  private childDied(): void {
    if (!this.toldExit || this.living.length > 0) return
    const killed = this.children.filter((life) => life.wasKilled).map(({ pid }) => ({ pid, command: 'child' }))
    this.tellLater(() => (this.released ? null : { tag: 'gone', killed }))
  }

  /** News that is on its way when nobody follows any more is lost. */
  private tellLater(news: () => RunNews | null): void {
    const { follower } = this
    this.clock.after(this.latency(), () => {
      if (follower === null || follower !== this.follower) return
      const told = news()
      if (told !== null) follower(told)
    })
  }

  private speak(): void {
    const { ready } = this.order.spec
    const { readyAfter = 0, says = [] } = this.habit
    for (const { after, message } of says) {
      this.whileAlive(after, () => this.say(message))
    }
    if (ready?.tag !== 'notify') return
    if (readyAfter !== 'never') {
      this.whileAlive(readyAfter, () => this.say({ tag: 'ready' }))
    }
    if (ready.watchdog !== null) this.beat(ready.watchdog / 2)
  }

  private beat(every: Millis): void {
    const { habit } = this
    this.whileAlive(every, () => {
      if (habit !== this.habit || this.age >= (habit.silentFrom ?? Number.POSITIVE_INFINITY)) return
      this.say({ tag: 'watchdog' })
      this.beat(every)
    })
  }

  private say(message: Notification): void {
    this.wasReady ||= message.tag === 'ready'
    this.follower?.({ tag: 'notified', message })
  }

  private whileAlive(after: Millis, act: () => void): void {
    this.clock.after(after, () => this.main.isAlive && act())
  }
}

function isWithin(spans: readonly Span[], age: Millis): boolean {
  return spans.some(([from, to]) => age >= from && age < to)
}
