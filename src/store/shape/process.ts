import type { Aftermath, Asking, Caller, Flap, Job, Process, Run, State, StopPhase, Want } from '../../core/process.ts'
import { checkMemory } from './check.ts'
import { exit, reason } from './reason.ts'
import { either, exactly, list, mapOf, number, object, optional, orNull, text, truth, union } from './shape.ts'
import type { Shape } from './shape.ts'
import { notification, spec } from './spec.ts'

const ground = mapOf(number)

const run = object<Run>({
  n: number,
  pid: number,
  startTime: number,
  since: number,
  birth: reason,
  standsOn: ground,
  says: orNull(text),
  promised: orNull(notification),
  askings: number,
  takenBackAt: orNull(number),
})

const asking = object<Asking>({
  attempt: number,
  inFlight: truth,
  nextAt: number,
  interval: number,
  memory: checkMemory,
  last: orNull(text),
})

const phase = union<StopPhase>({
  draining: {},
  asked: { at: number, killAt: number },
  killed: { after: number, giveUpAt: number },
})

const state = union<State>({
  stopped: { reason },
  waiting: { reason, hopeless: truth, edge: optional(number) },
  preparing: { reason, index: number },
  spawning: { reason, n: number, standsOn: ground, promised: orNull(notification), doom: orNull(reason) },
  starting: { reason, run, deadline: number, ready: orNull(asking) },
  running: {
    reason,
    run,
    isReady: truth,
    ready: orNull(asking),
    readyAt: number,
    monitors: list(asking),
    watchdogAt: number,
  },
  stopping: { reason, run, exit: orNull(exit), phase },
  delayed: { reason, until: number },
  backoff: { reason, until: number },
  failed: { reason, retryAt: number },
  completed: { reason },
  stuck: { reason, run, exit: orNull(exit), after: number },
})

const jobs = list(
  object<Job>({
    caller: union<Caller>({ special: {}, prerun: { owner: text, attempt: number, index: number }, nobody: {} }),
    after: number,
  }),
)

const want = either(
  object<Extract<Want, { up: true }>>({ up: exactly(true), reason }),
  object<Extract<Want, { up: false }>>({ up: exactly(false), forGood: truth, reason }),
)

const flap = union<Flap>({
  counting: { restarts: list(number) },
  'counting-down': { count: number, countedAt: number, endsAt: number },
})

const aftermath = object<Aftermath>({
  after: number,
  killed: list(object<Aftermath['killed'][number]>({ pid: number, command: text })),
  leftBehind: number,
})

const process = object<Process>({
  id: number,
  spec,
  want,
  state,
  jobs,
  givenUp: jobs,
  runs: number,
  restarts: number,
  revives: truth,
  streak: number,
  procmonDelay: number,
  starts: list(number),
  flap,
  falls: list(number),
  exit: orNull(exit),
  lastPid: orNull(number),
  aftermath: orNull(aftermath),
  nextPeriodic: number,
  createdAt: number,
  since: number,
})

/** Whether it is a process, whole; else what is wrong with it (`.spec.env.set: not a map`). */
export const wrongInProcess: Shape<Process> = process
