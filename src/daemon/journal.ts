import type { JournalEntry } from '../store/store.ts'
import type { EventView } from '../wire/declare.ts'

/** An entry of the journal as clients see it. */
export function eventView({ at, restarts, ...entry }: JournalEntry): EventView {
  return { ...entry, at: new Date(at).toISOString(), restart_count: restarts }
}
