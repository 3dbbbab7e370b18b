import type { ProcessSpec } from '../core/spec.ts'
import type { Dependency, Reference } from './references.ts'
import type { Place } from './tree.ts'

/** A process as its own entry declares it, before the names that it uses have been looked up among the others. */
export interface Draft {
  readonly spec: Omit<ProcessSpec, 'edges' | 'parent' | 'prerun' | 'autostart'>
  /** null: not said; it depends on whether another one calls for it as a prerun. */
  readonly autostart: boolean | null
  readonly parent: Reference | null
  readonly dependencies: readonly Dependency[]
  readonly prerun: readonly Reference[]
  /** Where it is named, or else where it begins. */
  readonly place: Place
}
