import type { Monitor, ProcessSpec, Readiness, Schedule } from '../core/spec.ts'
import type { Millis } from '../lib/time.ts'
import type { Draft } from './draft.ts'
import { withNames } from './monitor-name.ts'
import type { TaskValues } from './procmon-keys.ts'
import type { Reading } from './reader.ts'
import { valueOf, type Table } from './tree.ts'

/** A `[[task]]`, read. */
export interface Task {
  readonly node: Table
  readonly values: TaskValues
}

interface Shared {
  readonly reading: Reading
  /** What `[env]` adds to the environment of coppice; a task gets the whole of both. [PM11] */
  readonly env: ReadonlyMap<string, string>
  /** The names that some task has among its preruns. */
  readonly preruns: ReadonlySet<string>
  /** What the delay before a restart comes back to. */
  readonly rest: Millis
}

/** What procmon's defaults make of a task. [PM11] [PM15] */
export function taskDraft(task: Task, shared: Shared): Draft {
  const { values, node } = task
  const { schedule, oneshot } = specialOf(task, shared)
  const monitors = values.monitors ?? []
  const specials = values.specials ?? {}
  const command = commandOf(task, shared.reading)
  const spec: Draft['spec'] = {
    name: nameOf(task, shared.reading),
    instanceOf: null,
    command,
    cwd: shared.reading.cwd,
    env: { inherit: true, set: shared.env },
    identity: { user: null, group: null, umask: null, nice: null },
    limits: new Map(),
    output: {
      stdout: values.stdout ?? { tag: 'inherit-stdout' },
      stderr: values.stderr ?? { tag: 'inherit-stderr' },
      access: null,
      timestamps: false,
      format: 'raw',
      maxSize: null,
      maxAge: null,
      keep: null,
    },
    ready: oneshot ? null : readinessOf(monitors),
    startTimeout: values.maxstartup ?? 10_000,
    monitors: oneshot ? [] : withNames(monitors.filter(({ name }) => name !== 'ready')),
    restart: oneshot ? 'no' : 'always',
    endIsFailure: false,
    delay: { tag: 'procmon', rest: shared.rest },
    restartPreventExitCodes: [],
    startLimit: null,
    onStartLimit: 'nothing',
    flapDetection: null,
    restartBudget: null,
    successExitCodes: [0],
    stop: { signal: 'SIGTERM', timeout: values.maxshutdown ?? 5000, mode: 'group' },
    // Who has only preruns is done when they are, and what hangs from it may start then. [PM13]
    oneshot: oneshot || command === null,
    prerunFailure: 'ignore',
    trigger: {
      signal: specials.signal ?? null,
      schedule,
      shutdown: specials.shutdown ?? false,
      terminate: specials.terminate ?? false,
    },
    significant: false,
    groups: [],
    hooks: [],
    declared: null,
  }
  return {
    spec,
    autostart: !oneshot,
    parent: values.parent ?? null,
    dependencies: [],
    prerun: values.prerun ?? [],
    place: node.members.get('name')?.value ?? node,
  }
}

function nameOf({ values, node }: Task, { problems }: Reading): string {
  if (valueOf(node, 'name') === undefined) problems.error(node, 'the task has no "name"')
  return values.name ?? ''
}

/** [PM12] [PM13] */
function commandOf({ values, node }: Task, { problems }: Reading): ProcessSpec['command'] {
  if (values.path !== undefined) return [values.path, ...(values.args ?? [])]
  const given = valueOf(node, 'path')
  const isEmpty = given === undefined || (given.tag === 'scalar' && given.value === '')
  if (isEmpty && (values.prerun ?? []).length === 0) {
    problems.error(given ?? node, 'the task has neither a "path" nor a "prerun"')
  }
  return null
}

/** The last monitor called `ready` gates the start; asked every 50 ms and, once it passed, never again. [PM16] */
function readinessOf(monitors: readonly Monitor[]): Readiness | null {
  const ready = monitors.findLast(({ name }) => name === 'ready')
  return ready === undefined ? null : { tag: 'check', check: ready.check, interval: 50, slowest: 50, period: null }
}

interface Special {
  readonly schedule: Schedule | null
  readonly oneshot: boolean
  /** By a signal or a period. */
  readonly called: boolean
}

/** [PM23] [PM24] [PM25] [PM26] */
function specialOf({ values, node }: Task, { reading, preruns }: Shared): Special {
  const { onetime = false, signal, periodic = 0 } = values.specials ?? {}
  const schedule: Schedule | null = periodic > 0 ? { tag: 'every', period: periodic } : null
  const called = signal !== undefined || schedule !== null
  const isPrerun = preruns.has(values.name ?? '')
  const place = valueOf(node, 'specials') ?? valueOf(node, 'name') ?? node
  if (!onetime && (called || isPrerun)) {
    const why = signal !== undefined ? 'it has a signal' : called ? 'it has a period' : 'it is a prerun'
    reading.problems.warn(
      place,
      `the task "${values.name ?? ''}" counts as onetime, since ${why}`,
      'say `onetime = true`',
    )
  }
  const tried = ['signal', 'periodic'].some((name) => place.tag === 'table' && place.members.has(name))
  if (onetime && !tried && !isPrerun) {
    reading.problems.warn(
      place,
      `nothing calls for the onetime task "${values.name ?? ''}"`,
      'give it a signal or a period, or name it in a prerun',
    )
  }
  return { schedule, oneshot: onetime || called || isPrerun, called }
}
