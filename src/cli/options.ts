import { eventKinds } from '../wire/declare.ts'
import { changeFlags, execFlags, type ExecFlag } from './exec-entry.ts'
import type { Option, OptionTable } from './option.ts'

// The options of every command. Here and not in the verbs, so that parsing and help load no verb.

/** What every command takes. */
export const everywhere = {
  help: { kind: 'flag', short: 'h', summary: 'show this help' },
} as const satisfies OptionTable

/** Which supervisor is meant. */
const target = {
  file: { kind: 'text', value: 'FILE', summary: 'talk to the `coppice up` of this file' },
  socket: { kind: 'text', value: 'PATH', summary: 'talk to the supervisor at this socket' },
} as const satisfies OptionTable

/** Whether a daemon of one's own is started where there is none: [CL60]. */
const spawning = {
  'spawn-daemon': { kind: 'switch', summary: 'start a daemon of your own where none answers' },
} as const satisfies OptionTable

const json = { kind: 'flag', summary: 'print JSON' } as const
const quiet = { kind: 'flag', short: 'q', summary: 'print nothing but errors' } as const
const nocheck = { kind: 'flag', summary: 'allow variables that are not set' } as const
const force = { kind: 'flag', short: 'f', summary: 'SIGKILL at once' } as const
const dryRun = { kind: 'flag', summary: 'show what would be done, and do nothing' } as const

/** Of every command that asks something and acts on nothing. */
export const askOptions = { json, quiet, ...target } as const satisfies OptionTable

const waiting = {
  wait: { kind: 'switch', summary: 'return when it has come true: ready, or gone' },
  timeout: { kind: 'duration', value: 'DURATION', summary: 'wait no longer than this, such as 30s' },
} as const satisfies OptionTable

/** Of every command that starts or stops something. */
export const actOptions = { ...waiting, ...askOptions } as const satisfies OptionTable

/** Its own log: of `up` and `daemon`. */
const logging = {
  'log-format': { kind: 'choice', value: 'FORMAT', choices: ['text', 'json'], summary: 'how to write its own log' },
  'log-level': {
    kind: 'choice',
    value: 'LEVEL',
    choices: ['debug', 'info', 'warn', 'error'],
    summary: 'how much to write there',
  },
} as const satisfies OptionTable

export const upOptions = {
  nocheck,
  socket: { kind: 'text', value: 'PATH', summary: 'where to make the control socket' },
  ...logging,
} as const satisfies OptionTable

export const checkOptions = { nocheck, json, quiet } as const satisfies OptionTable

export const lsOptions = {
  tree: { kind: 'flag', summary: 'show who stands on whom' },
  ...askOptions,
} as const satisfies OptionTable

export const whyOptions = {
  stop: { kind: 'flag', summary: 'tell who blocks what is being stopped' },
  ...askOptions,
} as const satisfies OptionTable

export const eventsOptions = {
  since: { kind: 'text', value: 'TIME', summary: 'from then on: 10m, 12:30, 2026-11-20 or 2026-11-20T12:30:00Z' },
  process: { kind: 'text', short: 'p', value: 'NAME', summary: 'only of this process' },
  kind: { kind: 'choice', short: 'k', value: 'KIND', choices: eventKinds, summary: 'only of this kind' },
  number: { kind: 'count', short: 'n', value: 'K', summary: 'the last K; else 100, with -f 10, with --since all' },
  follow: { kind: 'flag', short: 'f', summary: 'go on with what happens' },
  json: { kind: 'flag', summary: 'print JSON; with -f a line for each' },
  ...target,
} as const satisfies OptionTable

export const execOptions = { ...tableOf(execFlags), ...spawning, ...actOptions } as const satisfies OptionTable

/** What may change of a process with its next start. */
const changes = tableOf(changeFlags)

const rolling = {
  rolling: { kind: 'count', value: 'N', summary: 'so many at a time, the next when these have come up' },
} as const satisfies OptionTable

export const startOptions = { ...changes, ...spawning, ...actOptions } as const satisfies OptionTable

export const stopOptions = { force, ...actOptions } as const satisfies OptionTable

export const restartOptions = { force, ...rolling, ...changes, ...actOptions } as const satisfies OptionTable

export const resetOptions = {
  process: { kind: 'list', short: 'p', value: 'NAMES', summary: 'only of these' },
  ...askOptions,
} as const satisfies OptionTable

const processConfigOnly = {
  'process-config-only': { kind: 'flag', short: 'c', summary: 'only what the process file has' },
} as const satisfies OptionTable

export const initOptions = {
  ...processConfigOnly,
  blocking: { kind: 'flag', short: 'b', summary: 'return when all has come up, as without --no-wait' },
  ...spawning,
  ...actOptions,
} as const satisfies OptionTable

export const applyOptions = {
  'dry-run': dryRun,
  yes: { kind: 'flag', short: 'y', summary: 'ask no question' },
  ...actOptions,
} as const satisfies OptionTable

export const graphOptions = {
  ...processConfigOnly,
  dot: { kind: 'flag', summary: 'print it for Graphviz' },
  mermaid: { kind: 'flag', summary: 'print it for Mermaid' },
  ...askOptions,
} as const satisfies OptionTable

export const exportOptions = {
  format: {
    kind: 'choice',
    short: 'f',
    value: 'FORMAT',
    choices: ['json', 'yaml', 'toml'],
    summary: 'in which format',
  },
  order: { kind: 'text', short: 'o', value: 'FIELD', summary: 'sorted by this field; else by id' },
  ...askOptions,
} as const satisfies OptionTable

export const groupRestartOptions = {
  force,
  ...rolling,
  ...tableOf(groupChangeFlags()),
  ...actOptions,
} as const satisfies OptionTable

export const groupStartOptions = { ...spawning, ...actOptions } as const satisfies OptionTable

const lines = {
  lines: { kind: 'text', short: 'n', value: 'K', summary: 'the last K lines; +K: from line K on; else the last 10' },
} as const satisfies OptionTable

const stream = {
  stream: {
    kind: 'choice',
    value: 'STREAM',
    choices: ['stdout', 'stderr'],
    summary: 'which one, where they have files of their own',
  },
} as const satisfies OptionTable

export const logOptions = {
  all: { kind: 'flag', short: 'a', summary: 'archives too, the oldest first' },
  ...lines,
  ...stream,
  ...target,
} as const satisfies OptionTable

export const logfOptions = { ...lines, ...stream, ...target } as const satisfies OptionTable

export const topnOptions = {
  seconds: { kind: 'count', short: 's', value: 'N', summary: 'look every N seconds; else every second' },
  json,
  ...target,
} as const satisfies OptionTable

export const doctorOptions = {
  fix: { kind: 'flag', summary: 'put right what can be; asks before it ends a process' },
  yes: { kind: 'flag', short: 'y', summary: 'ask no question' },
  json,
  quiet,
} as const satisfies OptionTable

export const daemonOptions = {
  detach: { kind: 'flag', summary: 'go on in the background; return when it answers' },
  guard: { kind: 'switch', summary: 'with --detach: have it started again when it dies' },
  ...logging,
} as const satisfies OptionTable

export const replaceOptions = {
  executable: {
    kind: 'text',
    value: 'FILE',
    summary: 'the program that takes over; else the one that it was started from',
  },
  ...askOptions,
} as const satisfies OptionTable

/** What `simulate` plays. */
export const simulateOptions = {
  for: { kind: 'duration', value: 'DURATION', summary: 'how long to play; else 60s' },
  kill: { kind: 'list', value: 'NAME@TIME', summary: 'SIGKILL to it, so long after the begin' },
  exit: { kind: 'list', value: 'NAME=CODE@TIME', summary: 'it ends by itself, so long after the begin' },
  flap: { kind: 'list', value: 'NAME[=CODE]@AFTER', summary: 'each run of it ends so long after its start' },
  ready: {
    kind: 'list',
    value: 'NAME@AFTER',
    summary: 'each run of it is ready so long after its start; else at once',
  },
  'never-ready': { kind: 'list', value: 'NAMES', summary: 'no run of it becomes ready' },
  unhealthy: { kind: 'list', value: 'NAME@TIME[+SPAN]', summary: 'its checks fail from then on, or for so long' },
  stubborn: { kind: 'list', value: 'NAMES', summary: 'only SIGKILL ends it' },
  seed: { kind: 'count', value: 'N', summary: 'what is left to chance falls another way' },
  nocheck,
  json,
  quiet,
} as const satisfies OptionTable

const userService = {
  user: { kind: 'flag', summary: 'as a service of this user' },
  'dry-run': dryRun,
} as const satisfies OptionTable

export const installOptions = {
  ...userService,
  prefix: { kind: 'text', value: 'DIR', summary: 'write all files under this directory, and start nothing' },
} as const satisfies OptionTable

export const uninstallOptions = userService

export const completionOptions = {
  names: {
    kind: 'choice',
    value: 'KIND',
    choices: ['processes', 'groups'],
    summary: 'print the names that the scripts complete with',
  },
} as const satisfies OptionTable

export const versionOptions = { json } as const satisfies OptionTable

export const noOptions = {} as const satisfies OptionTable

/** pmon3 has -d for --log-dir there, and no dependencies. */
function groupChangeFlags(): readonly ExecFlag[] {
  const kept = changeFlags.filter(({ name }) => name !== 'dependencies')
  return kept.map((flag) => (flag.name === 'log-dir' ? { ...flag, short: 'd' } : flag))
}

function tableOf(flags: readonly ExecFlag[]): Readonly<Record<string, Option>> {
  return Object.fromEntries(flags.map((flag) => [flag.name, flag]))
}
