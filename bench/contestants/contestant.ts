import type { Workshop } from '../workshop.ts'

/** A supervisor that is measured: how to get it, and how to have it run programs. */
export interface Contestant {
  readonly name: string
  /** How long a program must have lived so that this one starts it again without a penalty, in milliseconds. */
  readonly goodLife: number
  /** Installs or builds what is needed. @returns why it cannot be had here; null if it can */
  prepare(workshop: Workshop): Promise<string | null>
  /** Starts it with these programs. It may return before they run. */
  start(order: Order): Promise<Running>
}

export interface Order {
  /** An empty directory for it alone. */
  readonly room: string
  /** The `mark` program, and the file that each of its instances appends to when it starts. */
  readonly mark: string
  readonly marks: string
  /** How many instances. */
  readonly count: number
}

/** A supervisor at work. */
export interface Running {
  readonly pid: number
  /** Ends it with all its programs the usual way, and returns when it is gone. */
  stop(): Promise<void>
}

/** The names of the programs. */
export function namesOf({ count }: Order): string[] {
  return Array.from({ length: count }, (_, i) => `p${i + 1}`)
}
