import type { Millis } from '../lib/time.ts'
import type { Answer } from './answer.ts'
import type { Caller, Control } from './control.ts'

/** A request that has found its endpoint. */
export interface Request {
  readonly control: Control
  /** The targets, as they stand in the path; empty where the path takes none. */
  readonly asked: readonly string[]
  readonly query: URLSearchParams
  readonly headers: { readonly accept: string; readonly lastEventId: string | null }
  /** The parsed JSON of the body; `{}` where there was none. */
  readonly body: unknown
  readonly caller: Caller | null
  /** The descriptor of its connection. */
  readonly connection: number | null
  /** Aborted when nobody waits for the answer any more, or when another program image will: see `interrupted.ts`. */
  readonly gone: AbortSignal
  /** Aborted when nobody waits any more; for what is at its end soon. */
  readonly left: AbortSignal
  /** Ends the connection at once, whatever was still to be written. */
  readonly hangUp: () => void
  /** How long a stream may be silent. */
  readonly keepAlive: Millis
}

export type Handler = (request: Request) => Answer | Promise<Answer>
