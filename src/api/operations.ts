import type { EndpointId, ErrorCode } from '../wire/routes.ts'
import * as answers from './schemas/answers.ts'
import {
  actRequests,
  applyRequest,
  eventsQuery,
  execRequest,
  graphQuery,
  groupRequest,
  initRequest,
  logQuery,
  membersRequest,
  nothing,
  replaceRequest,
  waitRequest,
} from './schemas/requests.ts'
import { either, list, type JsonSchema, type Schema } from './schemas/schema.ts'

/** What an endpoint takes and gives, for people who read the OpenAPI document. */
export interface Operation {
  readonly summary: string
  readonly body?: JsonSchema
  readonly query?: JsonSchema
  readonly headers?: Readonly<Record<string, string>>
  /** What it answers: schemas by media type. */
  readonly gives: Readonly<Record<string, JsonSchema>>
  /** Of these statuses. */
  readonly statuses: readonly number[]
  readonly errors: readonly ErrorCode[]
}

type More = Partial<Omit<Operation, 'summary' | 'gives'>>

function gives(answer: JsonSchema, summary: string, more: More = {}): Operation {
  return { summary, gives: { 'application/json': answer }, statuses: [200], errors: [], ...more }
}

function oneOrMany<T>(schema: Schema<T>): Schema<T | readonly T[]> {
  return either([schema, list(schema)])
}

const acts = (body: JsonSchema, summary: string, errors: readonly ErrorCode[] = []): Operation =>
  gives(answers.actAnswer, summary, {
    body,
    statuses: [200, 202],
    errors: ['unknown-process', 'unknown-group', ...errors],
  })

const changes: readonly ErrorCode[] = ['bad-config', 'forbidden', 'not-here', 'store-failed']

/** One for each endpoint. The schemas of bodies and queries are those by which the handlers read them. */
export const operations: Readonly<Record<EndpointId, Operation>> = {
  supervisor: gives(answers.supervisorView, 'The supervisor itself.'),
  'reload-binary': gives(answers.replaceAnswer, "Puts another program in the supervisor's place; processes go on.", {
    body: replaceRequest,
    errors: ['forbidden', 'not-replaced', 'store-failed'],
  }),
  wait: gives(answers.actAnswer, 'Goes on waiting for what was begun before the supervisor was replaced.', {
    body: waitRequest,
  }),
  list: gives(list(answers.processView), 'All processes by ascending id.'),
  describe: gives(oneOrMany(answers.descriptionView), 'All that is known of these.', {
    errors: ['unknown-process', 'unknown-group'],
  }),
  why: gives(oneOrMany(answers.whyView), 'Why these are as they are.', {
    errors: ['unknown-process', 'unknown-group'],
  }),
  start: acts(actRequests.start, 'Starts these.', changes),
  stop: acts(actRequests.stop, 'Stops these.', ['store-failed']),
  restart: acts(actRequests.restart, 'Restarts these.', changes),
  delete: acts(actRequests.delete, 'Stops these, and forgets them.', ['not-here', 'store-failed']),
  reset: acts(actRequests.reset, 'Sets the restart counters of these to 0.', ['store-failed']),
  exec: gives(answers.declareAnswer, 'Declares a process, and starts it.', {
    body: execRequest,
    statuses: [200, 202],
    errors: [...changes, 'exists'],
  }),
  log: {
    summary: 'The log of one process, byte for byte.',
    query: logQuery,
    gives: { 'text/plain': { type: 'string' } },
    statuses: [200],
    errors: ['unknown-process', 'unknown-group', 'no-log'],
  },
  init: gives(answers.declareAnswer, 'Starts what the process file and the database have.', {
    body: initRequest,
    statuses: [200, 202],
    errors: changes,
  }),
  apply: gives(answers.applyAnswer, 'Makes the processes what a file says.', {
    body: applyRequest,
    statuses: [200, 202],
    errors: changes,
  }),
  graph: gives(answers.graphView, 'The order in which processes start.', {
    query: graphQuery,
    errors: ['bad-config', 'not-here'],
  }),
  export: gives(list(answers.exportView), 'The processes as they were declared.', { errors: ['not-here'] }),
  config: gives(answers.configView, 'The effective configuration.', { errors: ['not-here'] }),
  reload: gives(answers.configView, 'Reads config and process file again.', { body: nothing, errors: changes }),
  groups: gives(list(answers.groupView), 'All groups by ascending id.', { errors: ['not-here'] }),
  'group-create': gives(answers.groupView, 'Makes a group.', {
    body: groupRequest,
    statuses: [201],
    errors: ['exists', 'not-here', 'store-failed'],
  }),
  'group-describe': gives(oneOrMany(answers.groupView), 'These groups.', { errors: ['unknown-group', 'not-here'] }),
  'group-delete': gives(oneOrMany(answers.groupView), 'Deletes these groups, and tells what they were.', {
    body: nothing,
    errors: ['unknown-group', 'not-here', 'store-failed'],
  }),
  'group-assign': gives(oneOrMany(answers.groupView), 'Makes processes members of these groups.', {
    body: membersRequest,
    errors: ['unknown-group', 'unknown-process', 'not-here', 'store-failed'],
  }),
  'group-remove': gives(oneOrMany(answers.groupView), 'Takes processes out of these groups.', {
    body: membersRequest,
    errors: ['unknown-group', 'unknown-process', 'not-here', 'store-failed'],
  }),
  events: {
    summary: 'The journal: as a list, or as a stream that goes on.',
    query: eventsQuery,
    headers: { 'Last-Event-ID': 'Where a stream goes on: after the event with this id.' },
    gives: { 'text/event-stream': { type: 'string' }, 'application/json': list(answers.eventView) },
    statuses: [200],
    errors: ['unknown-process', 'unknown-group'],
  },
  stopping: gives(answers.stoppingView, 'What is being stopped, and who blocks it.'),
  metrics: {
    summary: 'OpenMetrics.',
    gives: { 'application/openmetrics-text': { type: 'string' } },
    statuses: [200],
    errors: [],
  },
  openapi: gives({ type: 'object' }, 'This document.'),
}
