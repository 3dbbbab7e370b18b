/** What `coppice simulate` is to play. Times count from the begin, `after` from the start of a run; milliseconds. */
export interface SimulateOrder {
  /** As it was named. */
  readonly file: string
  readonly nocheck: boolean
  readonly span: number
  readonly seed: number
  /** Its run gets SIGKILL, which nobody asked for. */
  readonly kills: readonly { readonly name: string; readonly at: number }[]
  /** Its run ends by itself. */
  readonly exits: readonly { readonly name: string; readonly code: number; readonly at: number }[]
  /** Every run of it ends so long after its start. */
  readonly flaps: readonly { readonly name: string; readonly code: number; readonly after: number }[]
  /** Every run of it is ready only so long after its start; without it, at once. */
  readonly ready: readonly { readonly name: string; readonly after: number }[]
  readonly neverReady: readonly string[]
  /** Its checks fail from then on, for so long. */
  readonly unhealthy: readonly { readonly name: string; readonly at: number; readonly span: number }[]
  /** Only SIGKILL ends it. */
  readonly stubborn: readonly string[]
}

/** What was played. */
export interface Simulated {
  readonly dialect: string
  /** How long it lasted, in milliseconds: shorter than asked for where everything ended. */
  readonly span: number
  /** The exit code that `up` would have had; null: it would go on. */
  readonly exit_code: number | null
  readonly timeline: readonly SimulatedLine[]
  readonly summary: readonly SimulatedProcess[]
  readonly warnings: readonly string[]
}

export interface SimulatedLine {
  /** Milliseconds since the begin. */
  readonly at: number
  /** null: the supervisor. */
  readonly process: string | null
  /** The status from now on; null: something else happened. */
  readonly status: string | null
  readonly ready: boolean
  readonly run: number
  readonly text: string
}

export interface SimulatedProcess {
  readonly name: string
  /** At the end. */
  readonly status: string
  readonly starts: number
  readonly restarts: number
  /** Milliseconds in which it was not `running`; null: it is not expected to run all the time. */
  readonly not_running: number | null
}
