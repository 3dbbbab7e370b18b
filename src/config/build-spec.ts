import { basename, dirname, isAbsolute, join } from 'node:path'

import type { Declared, Environment, Output, ProcessSpec, RestartDelay } from '../core/spec.ts'
import type { DefaultLogs } from './context.ts'
import type { Draft } from './draft.ts'
import { programPath } from './paths.ts'
import type { ProcessValues } from './process-keys.ts'
import type { Reading } from './reader.ts'
import { valueOf, type Table } from './tree.ts'
import { isProcessName } from './values.ts'

/** One process of a list, read: its values, and what is known of it from elsewhere. */
export interface EntryRead {
  readonly values: ProcessValues
  readonly node: Table
  readonly env: Environment
  readonly declared: Declared
  readonly logs: DefaultLogs | null
  /** Its number from 1 when it is one of several instances. */
  readonly index: number | null
}

/** Fills in every default of our dialect. [CD3] */
export function draftOf(entry: EntryRead, reading: Reading): Draft {
  const { values, node, env, declared, logs, index } = entry
  const place = node.members.get('name')?.value ?? node
  const shared = nameOf(entry, reading)
  const name = index === null ? shared : `${shared}-${index}`
  const called = values.schedule !== undefined || values.on_signal !== undefined
  const oneshot = values.oneshot ?? called
  const spec: Draft['spec'] = {
    name,
    instanceOf: index === null ? null : { name: shared, index },
    command: commandOf(entry, reading),
    cwd: workingDirectory(values, reading),
    env,
    identity: {
      user: values.user ?? null,
      group: values.group ?? null,
      umask: values.umask ?? null,
      nice: values.nice ?? null,
    },
    limits: values.limits ?? new Map(),
    output: outputOf(values, name, logs),
    ready: oneshot ? null : (values.ready ?? null),
    startTimeout: values.start_timeout ?? 60_000,
    monitors: values.monitors ?? [],
    restart: values.restart ?? (oneshot || values.no_auto_restart === true ? 'no' : 'always'),
    restartPreventExitCodes: values.restart_prevent_exit_codes ?? [],
    endIsFailure: values.no_auto_restart === true,
    delay: delayOf(values),
    startLimit: startLimitOf(values),
    onStartLimit: values.on_start_limit ?? 'nothing',
    flapDetection: values.flap_detection ?? null,
    restartBudget: values.restart_budget ?? null,
    successExitCodes: values.success_exit_codes ?? [0],
    stop: {
      signal: values.stop_signal ?? 'SIGTERM',
      timeout: values.stop_timeout ?? 10_000,
      mode: values.kill_mode ?? 'group',
    },
    oneshot,
    prerunFailure: 'fail',
    trigger: {
      signal: values.on_signal ?? null,
      schedule: values.schedule ?? null,
      shutdown: values.shutdown ?? false,
      terminate: values.terminate ?? false,
    },
    significant: values.significant ?? false,
    groups: values.groups ?? [],
    hooks: values.hooks ?? [],
    declared,
  }
  return {
    spec,
    autostart: values.autostart ?? (called ? false : null),
    parent: values.parent ?? null,
    dependencies: values.dependencies ?? [],
    prerun: values.prerun ?? [],
    place,
  }
}

/** That of `cwd`, else that of the program's file, else where coppice was started. [CF7] */
export function workingDirectory({ cwd, file }: ProcessValues, reading: Reading): string {
  return cwd ?? (file !== undefined && isAbsolute(file) ? dirname(file) : reading.cwd)
}

/** The name it is given, or else that of its program. [CD2] */
function nameOf({ values, node }: EntryRead, { problems }: Reading): string {
  if (values.name !== undefined) return values.name
  const program = values.file ?? values.command?.[0]
  const name = program === undefined ? '' : basename(program)
  const said = ['name', 'command', 'file'].filter((key) => valueOf(node, key) !== undefined)
  // Where one of them is bad, that is told already.
  const isTold = said.includes('name') || (said.length > 0 && program === undefined)
  if (!isTold && !isProcessName(name)) problems.error(node, 'the process has no "name"')
  return name
}

/** [CD4] */
function commandOf({ values, node }: EntryRead, reading: Reading): ProcessSpec['command'] {
  const { command, file, args = [] } = values
  if (command !== undefined) return [programPath(command[0], reading, 'base'), ...command.slice(1), ...args]
  if (file !== undefined) return [file, ...args]
  const tried = node.members.has('command') || node.members.has('file')
  if (!tried && !node.members.has('prerun')) {
    reading.problems.error(node, 'the process has nothing to run', 'give it a "command" or a "file"')
  }
  return null
}

function delayOf({ backoff: given = {} }: ProcessValues): RestartDelay {
  const initial = given.initial ?? 100
  return {
    tag: 'backoff',
    initial,
    factor: given.factor ?? 2,
    max: given.max ?? Math.max(initial, 10_000),
    jitter: given.jitter ?? 0.1,
    resetAfter: given.reset_after ?? 10_000,
  }
}

function startLimitOf({ start_limit: given }: ProcessValues): ProcessSpec['startLimit'] {
  if (given?.burst === undefined || given.interval === undefined) return null
  return { burst: given.burst, interval: given.interval }
}

/** [CF8] [PN6] [PN12] */
function outputOf(values: ProcessValues, name: string, logs: DefaultLogs | null): Output {
  const directory = values.log_dir ?? logs?.directory
  const log =
    values.log ??
    (directory === undefined ? undefined : ({ tag: 'file', path: join(directory, `${name}.log`) } as const))
  return {
    stdout: values.stdout ?? log ?? { tag: 'inherit-stdout' },
    stderr: values.stderr ?? log ?? { tag: 'inherit-stderr' },
    access: logs?.access ?? null,
    timestamps: values.log_timestamps ?? false,
    format: values.log_format ?? 'raw',
    maxSize: values.log_max_size ?? null,
    maxAge: values.log_max_age ?? null,
    keep: values.log_keep ?? null,
  }
}
