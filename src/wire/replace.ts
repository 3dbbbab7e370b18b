import type { Verb } from './routes.ts'

/** Body of `POST /v1/supervisor/reload-binary`. */
export interface ReplaceRequest {
  /** The absolute path of the program that takes over; default: the one that the supervisor was started from. */
  readonly executable?: string
}

/** Its answer, which comes from the program that has taken over. */
export interface ReplaceAnswer {
  readonly version: string
  /** Of the program before. */
  readonly from: string
  readonly pid: number
  readonly executable: string
}

/** A process as it was when something was asked of it: whoever looks later can tell what became of it. */
export interface Mark {
  readonly id: number
  readonly name: string
  /** On the supervisor's own clock. */
  readonly created_at: number
  readonly restart_count: number
}

/** An order that is under way. */
export interface Pending {
  readonly verb: Verb
  readonly processes: readonly Mark[]
}

/** Body of `POST /v1/wait`: goes on waiting for orders that were given before. */
export interface WaitRequest {
  readonly begun: readonly Pending[]
  /** Milliseconds to wait at most; default: as long as it takes. */
  readonly timeout?: number
}

/**
 * What stands beside the error `replaced` where something was begun: `resume` is the body of `POST /v1/wait`, `answer`
 * what the answer would have been, without its `outcome`.
 */
export interface Interruption {
  readonly resume: WaitRequest
  readonly answer: Readonly<Record<string, unknown>>
}
