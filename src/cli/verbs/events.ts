import type { Client } from '../../client/client.ts'
import type { EventFilter } from '../../client/events.ts'
import { success, type Result } from '../../lib/result.ts'
import type { EventView } from '../../wire/declare.ts'
import { answer, type Answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { eventsOptions } from '../options.ts'
import { readTime } from '../read-time.ts'
import { printEvent, widthsOf } from '../render/events.ts'
import { styleOf } from '../style-of.ts'
import type { System } from '../system.ts'

/** More than these the supervisor does not tell at once. */
const mostEvents = 10_000

/** [WH12] to [WH14]. With `-f` it ends when nobody reads any more, or as any program does of Ctrl-C. */
export const run: Verb<typeof eventsOptions>['run'] = async ({ options }, { system }) => {
  const from = options.since === null ? success(null) : readTime(options.since, '--since', Date.now())
  if (!from.ok) return from
  const client = await connect(options, system)
  if (!client.ok) return client
  const filter: EventFilter = {
    ...(options.process === null ? {} : { process: options.process }),
    ...(options.kind === null ? {} : { kind: options.kind }),
    ...(from.value === null ? {} : { from: from.value }),
  }
  const usual = from.value === null ? (options.follow ? 10 : 100) : mostEvents
  const past = await client.value.pastEvents({ ...filter, limit: Math.min(options.number ?? usual, mostEvents) })
  if (!past.ok) return past
  if (options.follow) return follow(client.value, { past: past.value, filter, isJson: options.json }, system)
  const widths = widthsOf(past.value)
  return success(answer(past.value, (style) => past.value.map((event) => printEvent(event, widths, style)).join('')))
}

/** What was, and then what happens, also across restarts of the supervisor. */
async function follow(
  client: Client,
  {
    past,
    filter,
    isJson,
  }: { readonly past: readonly EventView[]; readonly filter: EventFilter; readonly isJson: boolean },
  system: System,
): Promise<Result<Answer>> {
  const style = await styleOf('out', system)
  const widths = widthsOf(past)
  const text = (event: EventView): string => (isJson ? `${JSON.stringify(event)}\n` : printEvent(event, widths, style))
  const shown = await system.out(past.map(text).join(''))
  if (!shown.ok) return shown
  if (shown.value === 'unread') return success(nothingMore)
  const enough = new AbortController()
  // Where nothing was, all that fits is new: what came while we asked, too.
  const since = past.at(-1)?.id ?? 0
  const stream = client.events({ ...filter, since, signal: enough.signal })
  for await (const event of stream) {
    const written = await system.out(text(event))
    if (!written.ok) return written
    if (written.value === 'unread') enough.abort()
  }
  return stream.failure === null ? success(nothingMore) : { ok: false, failure: stream.failure }
}

/** It has written all there is already. */
const nothingMore: Answer = { data: null, text: () => '', exitCode: 0, remarks: [], problems: [] }
