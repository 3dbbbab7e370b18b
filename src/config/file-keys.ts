import type { Logger, RunSettings } from '../core/spec.ts'
import { prologueReader } from './health.ts'
import { hooksReader } from './hooks.ts'
import type { Schema } from './json-schema.ts'
import { sink } from './paths.ts'
import type { Reader } from './reader.ts'
import { duration } from './readers.ts'
import { groupsReader } from './restart-keys.ts'
import { settingsMap } from './settings.ts'
import { oneOf } from './shapes.ts'
import { key, table, type Values } from './table.ts'
import type { Node } from './tree.ts'

const level = oneOf('debug', 'info', 'warn', 'error')

const logger = table({
  output: key(sink(), 'STDERR (if not said), STDOUT, SUPPRESS, or a file.'),
  format: key(oneOf('text', 'json'), '`text` if not said.'),
  level: key(level, 'What is worth a line; `info` if not said.'),
  pidinfo: key(level, 'The level of the regular list of pids; `debug` if not said.'),
})

/** The keys of a file in our dialect, besides the processes themselves. [CD1] */
export const fileKeys = {
  $schema: key(asItStands({ type: 'string' }), 'For editors.'),
  processes: key(
    asItStands({
      anyOf: [
        { type: 'array', items: processRef() },
        { type: 'object', additionalProperties: processRef() },
      ],
    }),
    'The processes: a list, or a table from name to process.',
  ),
  apps: key(asItStands({ type: 'array' }), 'The processes in the form of pmon3 up to 1.16: file and flags.'),
  defaults: key(
    asItStands({ $ref: '#/definitions/defaults' }),
    'Keys that hold for every process that does not say otherwise.',
  ),
  env: key(settingsMap(), 'Environment variables of all processes. Those of a process win over these.'),
  hooks: key(
    asItStands(hooksReader().schema),
    'What is run, or told, when something happens to any of the processes, besides the hooks of their own.',
  ),
  prologue: key(prologueReader(), 'Checks that must pass, in order, before anything starts.'),
  groups: key(groupsReader(), 'What holds for the members of groups together.'),
  logger: key(logger, "Coppice's own log."),
  shutdown_max: key(duration(), 'A polite shutdown that takes longer is forced; 75s if not said.'),
}

/** Fills in every default of the run. [CD3] */
export function settingsOf(values: Partial<Values<typeof fileKeys>>): RunSettings {
  return {
    prologue: values.prologue ?? [],
    shutdownMax: values.shutdown_max ?? 75_000,
    logger: loggerOf(values.logger),
    groups: values.groups ?? new Map(),
  }
}

function loggerOf(given: Partial<Logger> = {}): Logger {
  return { output: { tag: 'inherit-stderr' }, format: 'text', level: 'info', pidinfo: 'debug', ...given }
}

/** What has a reader of its own elsewhere. */
function asItStands(schema: Schema): Reader<Node> {
  return { schema, read: (node) => node }
}

function processRef(): Schema {
  return { $ref: '#/definitions/process' }
}
