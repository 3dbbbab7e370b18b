import type { LogLevel, Sink } from '../core/spec.ts'
import type { SignalName } from '../lib/signals.ts'
import { program } from './paths.ts'
import { procmonMonitor } from './procmon-monitors.ts'
import { looseFlag, wordFor, procmonSink } from './procmon-readers.ts'
import { orBlank, parsed, type Reader } from './reader.ts'
import { duration, processName, signal } from './readers.ts'
import { reference } from './references.ts'
import { list } from './shapes.ts'
import { key, table, type Values } from './table.ts'
import type { Node } from './tree.ts'

const signals: readonly SignalName[] = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2']

const specials = table({
  onetime: key(looseFlag()),
  periodic: key(orBlank(duration())),
  signal: key(orBlank(signal(signals))),
  shutdown: key(looseFlag()),
  terminate: key(looseFlag()),
  exit_signals: key(neverWorked()),
})

/** The keys of a `[[task]]`. [PM2] */
export const taskKeys = {
  name: key(processName()),
  path: key(orBlank(program())),
  args: key(list(parsed('a text', (found) => found))),
  parent: key(orBlank(reference())),
  stdout: key(procmonSink()),
  stderr: key(procmonSink()),
  maxstartup: key(orBlank(duration({ longerThanZero: true }))),
  maxshutdown: key(orBlank(duration())),
  prerun: key(list(reference())),
  specials: key(specials),
  monitors: key(list(procmonMonitor())),
}

export type TaskValues = Values<typeof taskKeys>

const outputs = new Map<string, Sink>([
  ['STDERR', { tag: 'inherit-stderr' }],
  ['STDOUT', { tag: 'inherit-stdout' }],
  ['SUPPRESS', { tag: 'discard' }],
])

const formats = new Map<string, 'json' | 'text'>([
  ['json', 'json'],
  ['text', 'text'],
  ['plain', 'text'],
])

const levels = new Map<string, LogLevel>([
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['err', 'error'],
  ['error', 'error'],
])

/** The tables of a file. [PM1] */
export const procmonKeys = {
  env: key(asItStands()),
  logger: key(table({ output: key(wordFor(outputs)), format: key(wordFor(formats)), level: key(wordFor(levels)) })),
  prologue: key(list(procmonMonitor())),
  task: key(asItStands()),
}

/** What has a reader of its own elsewhere. */
function asItStands(): Reader<Node> {
  return { schema: {}, read: (node) => node }
}

function neverWorked(): Reader<null> {
  return {
    schema: {},
    read(node, { problems }) {
      problems.warn(node, '"exit_signals" does nothing: procmon reads it and never used it')
      return null
    },
  }
}
