import { longestTimeout } from '../../wire/act.ts'
import { eventKinds } from '../../wire/declare.ts'
import { verbs, type Verb } from '../../wire/routes.ts'
import {
  dictionary,
  anything,
  flag,
  integer,
  list,
  number,
  object,
  optional,
  text,
  word,
  type Schema,
} from './schema.ts'

const absolute = { title: 'an absolute path', pattern: '^/' }

const wait = optional(flag({ description: 'Answer only when it has come true, or cannot.', default: true }))
const timeout = optional(
  number({
    title: 'milliseconds',
    description: 'To wait at most; default: as long as it takes.',
    minimum: 0,
    maximum: longestTimeout,
  }),
)
const force = optional(flag({ description: 'SIGKILL at once.', default: false }))
const entry = dictionary(anything(), {
  description: 'A process as a config file of our dialect has it in JSON: the same keys, the same values.',
})
const changes = optional({ ...entry, description: 'What changes in the declaration before it starts.' })
const cwd = text({ ...absolute, description: 'Where relative paths begin.' })
const rolling = optional(
  integer({ minimum: 1, description: 'So many at a time, each batch only when the one before has come up.' }),
)

/** Bodies of requests that act. */
export const actRequests = {
  start: object({ wait, timeout, changes, cwd: optional(cwd) }),
  stop: object({ force, wait, timeout }),
  restart: object({ force, wait, timeout, changes, cwd: optional(cwd), rolling }),
  delete: object({ force, wait, timeout }),
  reset: object({ wait, timeout }),
} satisfies Record<Verb, Schema<unknown>>

export const execRequest = object({ process: entry, cwd, wait, timeout })

export const initRequest = object({
  process_config_only: optional(flag({ description: 'Only what the process file has.', default: false })),
  wait,
  timeout,
})

export const applyRequest = object({
  path: text({ ...absolute, description: 'Whose processes these are, and what problems are told under.' }),
  text: text({ description: 'What the file says.' }),
  cwd,
  dry_run: optional(flag({ description: 'Only plan.', default: false })),
  wait,
  timeout,
})

export const groupRequest = object({ name: text({ title: 'a name', minLength: 1 }) })

export const membersRequest = object({
  processes: list(text({ minLength: 1 }), {
    title: 'a list of processes',
    description: 'Targets, as in `/v1/processes/{names}`.',
    minItems: 1,
  }),
})

export const replaceRequest = object({
  executable: optional(text({ ...absolute, description: 'Default: the one that the supervisor was started from.' })),
})

export const mark = object({ id: integer(), name: text(), created_at: number(), restart_count: integer() })

export const waitRequest = object({
  begun: list(object({ verb: word(verbs), processes: list(mark) }), {
    description: 'As it stands beside the error `replaced`.',
  }),
  timeout,
})

/** The body of a request that has nothing to say. */
export const nothing = object({})

export const logQuery = object({
  lines: optional(
    text({
      title: 'a number of lines, or +K for those from line K on',
      pattern: '^(\\d{1,15}|\\+[1-9]\\d{0,14})$',
      description: 'The last so many; `+K`: from line K on. Default 10.',
    }),
  ),
  all: optional(flag({ description: 'Archives first, oldest first, decompressed.', default: false })),
  follow: optional(flag({ description: 'Go on with what is added.', default: false })),
  stream: optional(word(['stdout', 'stderr'])),
  after: optional(
    text({
      title: 'a place in a log',
      pattern: '^[0-9:]{1,64}@[0-9]{1,15}$',
      description: 'Goes on there, instead of `lines`: the header `coppice-log-place` of an answer, and what was read.',
    }),
  ),
})

export const eventsQuery = object({
  since: optional(integer({ minimum: 0, description: 'Those after the event with this id.' })),
  process: optional(text({ minLength: 1, description: 'Those of this process only.' })),
  kind: optional(word(eventKinds, { description: 'Those of this kind only.' })),
  from: optional(text({ title: 'a time', description: 'Those of this time or later: ISO 8601.', minLength: 1 })),
  limit: optional(integer({ minimum: 1, maximum: 10_000, description: 'The last so many of them. Default 1,000.' })),
  follow: optional(flag({ description: 'A stream that goes on; else a list.', default: true })),
})

export const graphQuery = object({
  process_config_only: optional(flag({ description: 'Only what the process file has.', default: false })),
})
