import { success } from '../lib/result.ts'
import { oneOrMany, type WhyView } from '../wire/process.ts'
import { endpoints, type EndpointId } from '../wire/routes.ts'
import { ok, refusalOf, type Answer } from './answer.ts'
import type { Control } from './control.ts'
import { act } from './handlers/act.ts'
import { apply, config, exec, exported, graph, init, reload } from './handlers/declare.ts'
import { events } from './handlers/events.ts'
import { groupAssign, groupCreate, groupDelete, groupDescribe, groupRemove, groups } from './handlers/groups.ts'
import { log } from './handlers/log.ts'
import { metrics } from './handlers/metrics.ts'
import { reloadBinary, wait } from './handlers/replace.ts'
import { parseQuery } from './query.ts'
import type { Handler, Request } from './request.ts'
import { nothing } from './schemas/requests.ts'
import { withProcesses } from './targets.ts'

/** Answers what is asked of an endpoint. What acts, and what shows the configuration, sees the files as they are now: [DM5]. */
export async function answer(endpoint: EndpointId, request: Request): Promise<Answer> {
  const query = takesQuery.has(endpoint) ? success({}) : parseQuery(nothing, request.query)
  if (!query.ok) return refusalOf(query.failure)
  if (seesFiles.has(endpoint)) await request.control.administration?.refresh()
  return handlers[endpoint](request)
}

const seesFiles: ReadonlySet<EndpointId> = new Set(
  endpoints.flatMap(({ id, method }) => (method === 'POST' || id === 'config' ? [id] : [])),
)

const takesQuery: ReadonlySet<EndpointId> = new Set(['log', 'events', 'graph'])

/** The longest body of a request in bytes: [AP7]. */
export function longestBody(endpoint: EndpointId | null): number {
  return endpoint !== null && takesFiles.has(endpoint) ? 8 * 1024 * 1024 : 64 * 1024
}

/** Endpoints that take an entry of a file, or its whole text: 4 MB of it, twice, because JSON escapes quotes and line ends. */
const takesFiles: ReadonlySet<EndpointId> = new Set(['exec', 'apply'])

/** One handler for each endpoint that `wire` knows. */
const handlers: Readonly<Record<EndpointId, Handler>> = {
  supervisor: ({ control }) => ok(control.supervisor()),
  'reload-binary': reloadBinary,
  wait,
  list: ({ control }) => ok(control.list()),
  describe: (request) =>
    withProcesses(request, (names) => ok(oneOrMany(request.asked, request.control.describe(names, request.caller)))),
  why: (request) => withProcesses(request, (names) => ok(oneOrMany(request.asked, why(request.control, names)))),
  start: act('start'),
  stop: act('stop'),
  restart: act('restart'),
  delete: act('delete'),
  reset: act('reset'),
  exec,
  log,
  init,
  apply,
  graph,
  export: exported,
  config,
  reload,
  groups,
  'group-create': groupCreate,
  'group-describe': groupDescribe,
  'group-delete': groupDelete,
  'group-assign': groupAssign,
  'group-remove': groupRemove,
  events,
  stopping: ({ control }) => ok(control.stopping()),
  metrics,
  // The schemas of all answers are loaded only by who asks for them.
  openapi: async ({ control }) => ok((await import('./openapi.ts')).openApi(control.supervisor().version)),
}

function why(control: Control, names: readonly string[]): WhyView[] {
  return control.views(names).map(({ name, status }) => {
    return { name, status, sentences: control.story(name), links: control.why(name) }
  })
}
