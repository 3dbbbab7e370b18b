import { eventKinds } from '../../wire/declare.ts'
import { statuses } from '../../wire/process.ts'
import type { ErrorCode } from '../../wire/routes.ts'
import {
  anything,
  dictionary,
  either,
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  optional,
  text,
  word,
} from './schema.ts'

const time = text({ description: 'ISO 8601.' })
const exit = nullable(either([object({ code: integer() }), object({ signal: text() })]))

const process = {
  id: integer(),
  name: text(),
  pid: nullable(integer({ description: 'The live one.' })),
  last_pid: nullable(integer()),
  status: word(statuses),
  ready: flag(),
  run: integer({ description: 'The number of its present or last run; 0 before the first.' }),
  restart_count: integer(),
  user: text(),
  cpu: number({ description: 'Per cent of one core.' }),
  memory: number({ description: 'Bytes.' }),
  parent: nullable(text()),
  dependencies: list(text()),
  groups: list(text()),
  since: text({ description: 'When the status last changed.' }),
  exit,
  reason: text({ description: 'One sentence: why it is as it is.' }),
  next_try: nullable(text({ description: 'When the next try is, where one is planned.' })),
  log: nullable(text({ description: 'The file a user reads.' })),
  command: list(text()),
  cwd: text(),
  restart: text(),
  created_at: time,
  updated_at: time,
}

export const processView = object(process)

export const descriptionView = object({
  ...process,
  env: nullable(dictionary(text(), { description: 'What is set for it; null for those who may not see it.' })),
})

export const whyView = object({
  name: text(),
  status: word(statuses),
  sentences: list(text(), {
    description: 'Why, back to the root cause, then what comes next or would end it. Times are ISO 8601.',
  }),
  links: list(object({ at: time, text: text() }), { description: 'Oldest first.' }),
})

export const stoppingView = object({
  ending: flag({ description: 'Whether everything goes down.' }),
  forced_at: nullable(text({ description: 'When what is left gets SIGKILL at the latest.' })),
  sentences: list(text()),
  processes: list(
    object({
      id: integer(),
      name: text(),
      pid: nullable(integer()),
      phase: word(['draining', 'asked', 'killed', 'stuck']),
      waits_for: list(text()),
      kill_at: nullable(text({ description: 'When it gets SIGKILL, where that is to come.' })),
      text: text(),
    }),
    { description: 'Those that wait for nobody come first.' },
  ),
})

const outcomes = ['done', 'failed', 'timeout', 'accepted'] as const

const acted = {
  outcome: word(outcomes, { description: '`accepted`: the wish is recorded and nobody waited for it.' }),
  processes: list(processView),
  left: optional(list(text(), { description: 'Those whose turn did not come (`rolling`).' })),
}

export const actAnswer = object(acted)

export const declareAnswer = object({ ...acted, warnings: list(text()) })

export const applyAnswer = object({
  outcome: word([...outcomes, 'planned']),
  plan: object({
    added: list(text()),
    changed: list(
      object({
        name: text(),
        fields: list(object({ field: text(), from: text(), to: text() })),
        restarts: flag({ description: 'Whether its run is replaced.' }),
      }),
    ),
    removed: list(text()),
    unchanged: list(text()),
  }),
  processes: list(processView),
  warnings: list(text()),
})

export const graphView = object({
  queue: list(text(), { description: 'All, in the order in which they start.' }),
  graph: list(text(), { description: 'Those that depend on others, or are depended on.' }),
  edges: list(object({ from: text(), to: text(), parent: flag(), condition: text() })),
})

export const exportView = object({
  id: integer(),
  file: text(),
  user: text(),
  log: text(),
  args: text(),
  env_vars: text(),
  name: text(),
  dependencies: list(text()),
  groups: list(text()),
  no_auto_restart: flag(),
  restart_count: integer(),
  pid: integer(),
  status: text(),
  created_at: text(),
  updated_at: text(),
  more: dictionary(anything(), { description: 'Keys of our dialect besides these, as they were declared.' }),
})

export const configView = object({
  file: nullable(text()),
  process_file: nullable(text()),
  settings: list(
    object({
      key: text(),
      value: either([text(), number(), flag()]),
      origin: text(),
      note: nullable(text()),
    }),
  ),
  warnings: list(text()),
})

export const groupView = object({
  id: integer(),
  name: text(),
  processes: list(text()),
  created_at: time,
  updated_at: time,
})

export const eventView = object({
  id: integer({ description: 'Ascending; ask with `since` for those after it.' }),
  at: time,
  process: nullable(text({ description: 'null: it is about the supervisor itself.' })),
  kind: word(eventKinds),
  from: nullable(text()),
  to: nullable(text()),
  run: integer(),
  pid: nullable(integer()),
  restart_count: integer(),
  exit,
  reason: text(),
  because: nullable(text({ description: 'What led to it, where that is not the same.' })),
  by: nullable(text()),
})

export const replaceAnswer = object({
  version: text(),
  from: text({ description: 'The version of the program before.' }),
  pid: integer(),
  executable: text(),
})

export const supervisorView = object({
  version: text(),
  pid: integer(),
  mode: text({ description: '`up`, `daemon` or `library`.' }),
  file: nullable(text()),
  started_at: time,
  replaced: optional(integer({ description: 'How often its program was replaced in place since then.' })),
  alarms: optional(list(text(), { description: 'What an operator should know of.' })),
})

const codes = [
  'unknown-process',
  'unknown-group',
  'bad-request',
  'bad-config',
  'exists',
  'forbidden',
  'not-here',
  'store-failed',
  'no-log',
  'not-found',
  'wrong-method',
  'too-large',
  'shutting-down',
  'replaced',
  'not-replaced',
  'internal',
] as const satisfies readonly ErrorCode[]

export const errorAnswer = object({
  error: object({ code: word(codes), message: text(), hint: optional(text()) }),
})
