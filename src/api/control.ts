import type { ProcessView, WhyLink } from '../wire/process.ts'
import type { SupervisorView, Verb } from '../wire/routes.ts'

/** Who sent a request, as the kernel says it (SO_PEERCRED); null where the kernel does not say. */
export interface Caller {
  readonly uid: number
  readonly user: string
}

/** What the API may ask of the supervisor that it is the face of. Implemented by `daemon/control.ts`. */
export interface Control {
  supervisor(): SupervisorView
  /** All processes by ascending id. */
  list(): readonly ProcessView[]
  /** The names a name, an id, or the shared name of several instances stands for; empty when unknown. */
  resolve(nameOrId: string): readonly string[]
  /** The views of these names, in their order. */
  views(names: readonly string[]): readonly ProcessView[]
  /** The chain of reasons, newest last. */
  why(name: string): readonly WhyLink[]
  /** Records the wish; it returns at once. */
  act(order: {
    readonly verb: Verb
    readonly names: readonly string[]
    readonly force: boolean
    readonly caller: Caller | null
  }): void
  /**
   * Resolves when what `act` asked for has come true (`done`: it runs, and is ready where it has a readiness check; or
   * it is gone; a oneshot has succeeded) or cannot come true without further help (`failed`).
   */
  settled(order: {
    readonly verb: Verb
    readonly names: readonly string[]
    readonly signal: AbortSignal
  }): Promise<'done' | 'failed'>
}
