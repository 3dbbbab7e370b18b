import { defaultLogQuery, type LogQuery } from '../../wire/log.ts'
import { refusal, refusalOf, type Answer } from '../answer.ts'
import { parseQuery } from '../query.ts'
import type { Handler } from '../request.ts'
import { logQuery } from '../schemas/requests.ts'
import type { Static } from '../schemas/schema.ts'
import { withProcesses } from '../targets.ts'

/** [AP48]: the bytes of one process's log, as they come. */
export const log: Handler = (request) => {
  const asked = parseQuery(logQuery, request.query)
  if (!asked.ok) return refusalOf(asked.failure)
  return withProcesses(request, (names): Answer => {
    const [name] = names
    if (name === undefined || names.length > 1) return notOne(request.asked, names)
    const query = queryOf(asked.value)
    const found = request.control.log(name, query, query.follow ? request.gone : request.left)
    if (!found.ok) return refusalOf(found.failure)
    return { tag: 'stream', type: 'text/plain; charset=utf-8', isFinite: !query.follow, chunks: found.value }
  })
}

function queryOf({ lines, all, follow, stream }: Static<typeof logQuery>): LogQuery {
  return {
    lines: lines === undefined ? defaultLogQuery.lines : linesOf(lines),
    archives: all ?? defaultLogQuery.archives,
    follow: follow ?? defaultLogQuery.follow,
    stream: stream ?? defaultLogQuery.stream,
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
