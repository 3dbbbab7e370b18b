import { success } from '../../lib/result.ts'
import type { EventView } from '../../wire/declare.ts'
import { refused } from '../../wire/refusal.ts'
import { ok, refusalOf } from '../answer.ts'
import type { Answered, Control, EventsQuery } from '../control.ts'
import { createBeat, createMailbox } from '../mailbox.ts'
import { parseQuery } from '../query.ts'
import type { Handler, Request } from '../request.ts'
import { eventsQuery } from '../schemas/requests.ts'

/** How many events may wait for a client that does not read: then it is cut off, and may come back: [AP51]. */
const mostWaiting = 10_000

/** Events that are written at once. */
const handful = 100

/** [AP50]: the journal as a list, or as a stream of server-sent events that goes on. */
export const events: Handler = (request) => {
  const asked = parseQuery(eventsQuery, request.query)
  if (!asked.ok) return refusalOf(asked.failure)
  const since = replayPoint(request.headers.lastEventId, asked.value.since ?? null)
  if (!since.ok) return refusalOf(since.failure)
  const process = processIn(asked.value.process ?? null, request.control)
  if (!process.ok) return refusalOf(process.failure)
  const from = timeIn(asked.value.from)
  if (!from.ok) return refusalOf(from.failure)
  const { kind, limit } = asked.value
  const wanted: Wanted = {
    process: process.value,
    ...(kind === undefined ? {} : { kind }),
    ...(limit === undefined ? {} : { limit }),
    ...(from.value === null ? {} : { from: from.value }),
  }
  const after = since.value === null ? null : sinceHere(since.value, request.control)
  if (!(asked.value.follow ?? true) || wantsList(request.headers.accept))
    return ok(request.control.events({ since: after ?? 0, ...wanted }))
  const chunks = stream(request, after, wanted)
  return { tag: 'stream', type: 'text/event-stream', chunks }
}

/** Which events are asked for, besides those that are known. */
type Wanted = Omit<EventsQuery, 'since'>

/** A number that the journal has not come to is of another journal: that of an `up` before this one. [AP50] */
function sinceHere(since: number, control: Control): number {
  const last = control.events({ since: 0, process: null, limit: 1 }).at(-1)?.id ?? 0
  return since > last ? 0 : since
}

function timeIn(text: string | undefined): Answered<number | null> {
  if (text === undefined) return success(null)
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return success(at)
  return refused('bad-request', `The query: "from" must be a time as 2026-11-20T08:00:00Z, not "${text}".`)
}

function wantsList(accept: string): boolean {
  return accept.includes('application/json') && !accept.includes('text/event-stream')
}

/** A client that comes back repeats its first address; what it has seen last is newer. */
function replayPoint(lastEventId: string | null, since: number | null): Answered<number | null> {
  if (lastEventId === null || lastEventId === '') return success(since)
  if (/^\d{1,15}$/.test(lastEventId)) return success(Number(lastEventId))
  return refused('bad-request', `The header Last-Event-ID must be the id of an event, not "${lastEventId}".`)
}

/** The name by which the journal knows a process; also one that is gone, if the journal has something of it. */
function processIn(target: string | null, control: Control): Answered<string | null> {
  if (target === null) return success(null)
  const found = control.resolve(target)
  if (!found.ok) return control.events({ since: 0, process: target }).length > 0 ? success(target) : found
  const [name] = found.value
  if (name !== undefined && found.value.length === 1) return success(name)
  return refused('bad-request', `"process" must be one process, and "${target}" stands for ${found.value.length}.`)
}

/** @param since null: what happens from now on */
async function* stream(
  { control, gone, hangUp, keepAlive }: Request,
  since: number | null,
  wanted: Wanted,
): AsyncGenerator<string> {
  const mailbox = createMailbox<EventView>(mostWaiting)
  const beat = createBeat(keepAlive)
  // First subscribe, then look back: so that nothing falls between. What comes by both ways is sent once.
  const unsubscribe = control.subscribe((event) => {
    if (isWanted(event, wanted) && !mailbox.put(event)) hangUp()
  })
  try {
    const past = since === null ? [] : control.events({ since, ...wanted })
    const last = past.at(-1)?.id ?? since ?? 0
    for (let at = 0; at < past.length; at += handful) yield written(past.slice(at, at + handful))
    while (!gone.aborted) {
      const fresh = mailbox.take(handful).filter(({ id }) => id > last)
      if (fresh.length > 0) yield written(fresh)
      else if (beat.signal.aborted) {
        beat.restart()
        yield ': still here\n\n'
      } else await mailbox.arrival(gone, beat.signal)
    }
  } finally {
    unsubscribe()
  }
}

function isWanted(event: EventView, { process, kind, from }: Wanted): boolean {
  if (process !== null && event.process !== process) return false
  return (kind === undefined || event.kind === kind) && (from === undefined || Date.parse(event.at) >= from)
}

function written(events: readonly EventView[]): string {
  return events.map((event) => `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}
