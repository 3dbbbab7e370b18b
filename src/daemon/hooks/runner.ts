import type { Instant, Millis } from '../../lib/time.ts'
import type { HookOrder, HookOutcome, Hooks } from '../../system/hooks.ts'

/** A hook that is to be run. */
export interface Job {
  /** Of the process that it is for. */
  readonly process: number
  /** Made when its turn has come. */
  readonly order: () => Omit<HookOrder, 'signal'>
  readonly over: (outcome: HookOutcome) => void
}

/** Runs hooks, some at a time and in their order; whoever hands one in never waits. */
export interface Runner extends AsyncDisposable {
  /** @returns whether there was room for it */
  add(job: Job): boolean
}

/** How many run at once; how many of those may be for one process, so that there is room for the others; how many may wait. */
export const bounds = { atOnce: 8, ofOne: 4, waiting: 1024 }

/** At the end a hook may have lived for so long, and what waits is run for so long. */
const farewell: Millis = 2000

interface Running {
  readonly process: number
  readonly since: Instant
  readonly controller: AbortController
  readonly over: Promise<void>
}

export function createRunner(hooks: Hooks): Runner {
  const waiting: Job[] = []
  const running = new Set<Running>()
  let isScheduled = false
  let isClosed = false

  /** In a turn of the loop of its own, so that what is decided is done first. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      pump()
    })
  }

  function pump(): void {
    while (running.size < bounds.atOnce) {
      const next = waiting.findIndex(({ process }) => runningOf(process) < bounds.ofOne)
      const [job] = next < 0 ? [] : waiting.splice(next, 1)
      if (job === undefined) return
      begin(job)
    }
  }

  function runningOf(process: number): number {
    return [...running].filter((one) => one.process === process).length
  }

  function begin({ process, order, over }: Job): void {
    const controller = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    const one: Running = { process, since: hooks.now(), controller, over: promise }
    running.add(one)
    void hooks.run({ ...order(), signal: controller.signal }).then((outcome) => {
      running.delete(one)
      over(outcome)
      resolve()
      schedule()
    })
  }

  async function end(): Promise<void> {
    const begun = hooks.now()
    while (running.size + waiting.length > 0 && !isClosed) {
      pump()
      using _deadlines = abortInTime(begun)
      await Promise.race([...running].map(({ over }) => over))
    }
  }

  /** Each when it has lived for so long; and all, with what waits, when that time has passed since the end began. */
  function abortInTime(begun: Instant): Disposable {
    const stack = new DisposableStack()
    for (const { since, controller } of running) {
      const left = since + farewell - hooks.now()
      if (left <= 0) controller.abort()
      else stack.use(hooks.later(left, () => controller.abort()))
    }
    stack.use(hooks.later(Math.max(0, begun + farewell - hooks.now()), close))
    return stack
  }

  function close(): void {
    isClosed = true
    for (const { over } of waiting.splice(0)) over({ failed: 'was not run, since coppice ends', output: '' })
    for (const { controller } of running) controller.abort()
  }

  return {
    add(job) {
      if (isClosed || waiting.length >= bounds.waiting) return false
      waiting.push(job)
      schedule()
      return true
    },
    async [Symbol.asyncDispose]() {
      await end()
      close()
      await Promise.all([...running].map(({ over }) => over))
    },
  }
}
