import type { Status } from '../../wire/process.ts'
import type { Colour } from './style.ts'

const byStatus: Readonly<Record<Status, Colour>> = {
  queued: 'dim',
  init: 'dim',
  running: 'good',
  stopped: 'warning',
  failed: 'bad',
  closed: 'dim',
  backoff: 'alarming',
  restarting: 'alarming',
  completed: 'good',
  blocked: 'alarming',
  stuck: 'bad',
}

/** pmon3's colours, as near as sixteen come. A word of a newer supervisor has none. */
export function statusColour(status: Status): Colour {
  return (byStatus as Readonly<Record<string, Colour>>)[status] ?? 'bold'
}
