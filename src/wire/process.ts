/** The public words for where a process is (design.md 2). pmon3's come first. */
export const statuses = [
  'queued',
  'init',
  'running',
  'stopped',
  'failed',
  'closed',
  'backoff',
  'restarting',
  'completed',
  'blocked',
  'stuck',
] as const

export type Status = (typeof statuses)[number]

/** A process as every client sees it: `ls --json` is an array of these. Times are ISO 8601. */
export interface ProcessView {
  readonly id: number
  readonly name: string
  /** The live pid, or null. */
  readonly pid: number | null
  /** The last pid it had, or null; tables show it as pmon3's do. */
  readonly last_pid: number | null
  readonly status: Status
  readonly ready: boolean
  /** The number of its present or last run; 0 before the first. */
  readonly run: number
  readonly restart_count: number
  readonly user: string
  /** Per cent of one core. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
  readonly parent: string | null
  readonly dependencies: readonly string[]
  readonly groups: readonly string[]
  /** When the status last changed. */
  readonly since: string
  readonly exit: { readonly code: number } | { readonly signal: string } | null
  /** One sentence: why it is as it is. */
  readonly reason: string
  /** When the next try is, where one is planned. */
  readonly next_try: string | null
  /** The file a user reads, or null. */
  readonly log: string | null
  readonly command: readonly string[]
  readonly cwd: string
  readonly restart: string
  readonly created_at: string
  readonly updated_at: string
}

/** All that is known of one process: the answer of `describe`. */
export interface DescriptionView extends ProcessView {
  /** What is set for it besides the supervisor's own environment; null for those who may not see it. */
  readonly env: Readonly<Record<string, string>> | null
}

/** One link of `why`: oldest cause first. */
export interface WhyLink {
  readonly at: string
  readonly text: string
}

/** Why a process is as it is. */
export interface WhyView {
  readonly name: string
  readonly status: Status
  /** Whole sentences: why, back to the root cause, then what comes next or would end it. Times are ISO 8601. */
  readonly sentences: readonly string[]
  /** Oldest first. */
  readonly links: readonly WhyLink[]
}

/** What is being stopped, and who blocks it. */
export interface StoppingView {
  /** Whether everything goes down. */
  readonly ending: boolean
  /** When what is left gets SIGKILL at the latest; null where only some processes are stopped. */
  readonly forced_at: string | null
  /** Times in them are ISO 8601. */
  readonly sentences: readonly string[]
  /** Those that wait for nobody come first. */
  readonly processes: readonly StoppingProcess[]
}

export interface StoppingProcess {
  readonly id: number
  readonly name: string
  readonly pid: number | null
  /** `draining`: others go first; `asked`: it got its stop signal; `killed`: it got SIGKILL; `stuck`: it has survived that. */
  readonly phase: 'draining' | 'asked' | 'killed' | 'stuck'
  /** Who must be gone first. */
  readonly waits_for: readonly string[]
  /** When it gets SIGKILL, where that is to come. */
  readonly kill_at: string | null
  readonly text: string
}

/** Asked of one, the answer is one; asked of several, or by a target that stands for several, it is a list. */
export type OneOrMany<T> = T | readonly T[]

/** Gives what was found the shape that `asked`, the names in the question, calls for. */
export function oneOrMany<T>(asked: readonly string[], found: readonly T[]): OneOrMany<T> {
  const [target, ...others] = asked
  const [only, ...rest] = found
  if (target === undefined || only === undefined || others.length > 0 || rest.length > 0) return found
  return target === '*' || target.startsWith('group:') ? found : only
}
