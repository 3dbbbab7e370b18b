import type {
  Budget,
  Condition,
  Declared,
  Edge,
  Environment,
  FileAccess,
  Hook,
  HookAction,
  FlapPolicy,
  Identity,
  Limits,
  Monitor,
  Notification,
  Output,
  ProcessSpec,
  Readiness,
  RestartDelay,
  Schedule,
  Sink,
  Stop,
  Trigger,
} from '../../core/spec.ts'
import type { SignalName } from '../../lib/signals.ts'
import { check } from './check.ts'
import {
  either,
  list,
  mapOf,
  number,
  object,
  optional,
  orNull,
  record,
  someOf,
  text,
  truth,
  union,
  word,
} from './shape.ts'
import type { Fields, Shape } from './shape.ts'

export const condition = word<Condition>('started', 'ready', 'completed', 'completed_successfully')

type Limit = Limits extends ReadonlyMap<string, infer L> ? L : never

const sink = union<Sink>({ 'inherit-stdout': {}, 'inherit-stderr': {}, discard: {}, file: { path: text } })

const access = object<FileAccess>({
  fileMode: number,
  directoryMode: number,
  uid: orNull(number),
  gid: orNull(number),
})

const edge = object<Edge>({ to: text, condition, onExit: word('ignore', 'restart', 'stop') })

const told: Fields<Omit<Notification, 'tag'>> = { via: word('fd', 'socket'), watchdog: orNull(number) }

export const notification = union<Notification>({ notify: told })

const readiness = union<Readiness>({
  elapsed: { after: number },
  check: { check, interval: number, slowest: number, period: orNull(number) },
  notify: told,
})

const delay = union<RestartDelay>({
  backoff: { initial: number, factor: number, max: number, jitter: number, resetAfter: number },
  procmon: { rest: number },
})

const schedule = union<Schedule>({ every: { period: number }, cron: { expression: text, timeZone: orNull(text) } })

/** Names of signals come and go with the host; a text that is none is found where it is used. */
export const signal: Shape<SignalName> = (value) => text(value)

const output = object<Output>({
  stdout: sink,
  stderr: sink,
  access: orNull(access),
  timestamps: truth,
  format: word('raw', 'json'),
  maxSize: orNull(number),
  maxAge: orNull(number),
  keep: orNull(number),
})

const hook = object<Hook>({
  on: word('start', 'ready', 'exit', 'restart', 'failure', 'backoff', 'unhealthy', 'stop'),
  action: union<HookAction>({ command: { command: someOf(text) }, post: { url: text, secret: orNull(text) } }),
  timeout: number,
})

const declared = object<Declared>({
  entry: record(),
  cwd: text,
  variables: truth,
  file: orNull(text),
  outer: optional(record(text)),
})

export const budget = object<Budget>({ intensity: number, period: number })

const flapPolicy = object<FlapPolicy>({ restarted: number, countdown: number, decrement: number })

export const spec = object<ProcessSpec>({
  name: text,
  instanceOf: orNull(object<NonNullable<ProcessSpec['instanceOf']>>({ name: text, index: number })),
  command: orNull(someOf(text)),
  cwd: text,
  env: object<Environment>({ inherit: truth, set: mapOf(text) }),
  identity: object<Identity>({ user: orNull(text), group: orNull(text), umask: orNull(number), nice: orNull(number) }),
  limits: mapOf(object<Limit>({ soft: number, hard: number })),
  output,
  edges: list(edge),
  parent: orNull(text),
  ready: orNull(readiness),
  startTimeout: number,
  monitors: list(object<Monitor>({ name: text, check, period: number })),
  restart: word('always', 'on-failure', 'on-abnormal', 'on-success', 'no'),
  restartPreventExitCodes: list(number),
  endIsFailure: truth,
  delay,
  startLimit: orNull(object<NonNullable<ProcessSpec['startLimit']>>({ burst: number, interval: number })),
  onStartLimit: word('nothing', 'stop-tree', 'exit'),
  flapDetection: orNull(either(flapPolicy, word('off'))),
  restartBudget: orNull(budget),
  successExitCodes: list(number),
  stop: object<Stop>({ signal, timeout: number, mode: word('group', 'mixed', 'process') }),
  oneshot: truth,
  autostart: truth,
  prerun: list(text),
  prerunFailure: word('fail', 'ignore'),
  trigger: object<Trigger>({ signal: orNull(signal), schedule: orNull(schedule), shutdown: truth, terminate: truth }),
  significant: truth,
  groups: list(text),
  hooks: list(hook),
  declared: orNull(declared),
})
