import { defaultLogQuery, placeHeader, placeIn, placeText, type LogQuery } from '../../wire/log.ts'
import { refusal, refusalOf, type Answer } from '../answer.ts'
import { parseQuery } from '../query.ts'
import type { Control } from '../control.ts'
import type { Handler } from '../request.ts'
import { logQuery } from '../schemas/requests.ts'
import type { Static } from '../schemas/schema.ts'
import { withProcesses } from '../targets.ts'

/** [AP48]: the bytes of one process's log, as they come. */
export const log: Handler = (request) => {
  const asked = parseQuery(logQuery, request.query)
  if (!asked.ok) return refusalOf(asked.failure)
  return withProcesses(request, async (names): Promise<Answer> => {
    const [name] = names
    if (name === undefined || names.length > 1) return notOne(request.asked, names)
    const query = await placed(request.control, name, queryOf(asked.value))
    const found = request.control.log(name, query, query.follow ? request.gone : request.left)
    if (!found.ok) return refusalOf(found.failure)
    const headers = query.after === undefined ? {} : { [placeHeader]: placeText(query.after) }
    return { tag: 'stream', type: 'text/plain; charset=utf-8', isFinite: !query.follow, headers, chunks: found.value }
  })
}

/** Who follows a log can go on where it was when this supervisor is not there any more: [AP62]. */
async function placed(control: Control, name: string, query: LogQuery): Promise<LogQuery> {
  if (!query.follow || query.after !== undefined) return query
  const after = await control.placeOf(name, query)
  return after === null ? query : { ...query, after }
}

function queryOf({ lines, all, follow, stream, after }: Static<typeof logQuery>): LogQuery {
  const place = after === undefined ? null : placeIn(after)
  return {
    lines: lines === undefined ? defaultLogQuery.lines : linesOf(lines),
    archives: all ?? defaultLogQuery.archives,
    follow: follow ?? defaultLogQuery.follow,
    stream: stream ?? defaultLogQuery.stream,
    ...(place === null ? {} : { after: place }),
  }
}

function linesOf(text: string): LogQuery['lines'] {
  return { tag: text.startsWith('+') ? 'from' : 'tail', count: Number(text) }
}

function notOne(asked: readonly string[], names: readonly string[]): Answer {
  const found = names.length === 0 ? 'no process' : `${names.length} processes: ${names.slice(0, 12).join(', ')}`
  return refusal(
    'bad-request',
    `A log is of one process, and ${asked.join(',')} stands for ${found}.`,
    'Ask for each of them.',
  )
}
