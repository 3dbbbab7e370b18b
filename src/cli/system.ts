import type { Result } from '../lib/result.ts'

/** What the CLI may use of the world outside. */
export interface System {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly uid: number
  /** Of this coppice. */
  readonly version: string
  /** @returns `no-output`; that nobody reads any more is no failure */
  out(text: string): Promise<Result<null>>
  err(text: string): Promise<void>
  /** What is at the end of these streams; asked only where it matters, since finding out takes time. */
  terminal(stream: 'out' | 'err'): Promise<Terminal | null>
  /** Runs a tree in the foreground; gives the exit code. */
  up(order: UpOrder): Promise<number>
}

export interface Terminal {
  /** null: unknown. */
  readonly columns: number | null
}

export interface UpOrder {
  readonly file: string
  readonly nocheck: boolean
  readonly socket: string | null
  readonly logFormat: 'text' | 'json' | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | null
}
