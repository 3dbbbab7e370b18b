/** How well something is. Only a problem needs somebody to do something. */
export type Verdict = 'ok' | 'warning' | 'problem'

/** What `coppice doctor --fix` does by itself. */
export type Fix =
  | { readonly tag: 'remove-socket'; readonly path: string }
  /** Ids of the owner; null: as it is. */
  | {
      readonly tag: 'set-access'
      readonly path: string
      readonly mode: number
      readonly uid: number | null
      readonly gid: number | null
    }
  /** Ends whoever carries this marker of ours. */
  | { readonly tag: 'end-run'; readonly marker: string; readonly pids: readonly number[] }

/** What was found at one place. */
export interface Finding {
  /** What was looked at: `lock`, `socket`, `database`, … */
  readonly check: string
  readonly verdict: Verdict
  /** What is so, a sentence. */
  readonly found: string
  /** What to do about it, a sentence; null: nothing. */
  readonly remedy: string | null
  /** The remedy, where it can be applied by itself. */
  readonly fix: Fix | null
}

/** What was done about something. */
export interface Fixed {
  readonly fix: Fix
  /** What was done, or why it was not; a sentence. */
  readonly told: string
  readonly isDone: boolean
}

export interface DoctorReport {
  readonly fixed: readonly Fixed[]
  /** What is so after that. */
  readonly findings: readonly Finding[]
}
