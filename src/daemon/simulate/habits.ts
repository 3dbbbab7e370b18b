import type { Exit } from '../../core/exit.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { never, type Instant, type Millis } from '../../lib/time.ts'
import type { SimulateOrder } from '../../wire/simulate.ts'

/** What the program of a process does with its life. */
export interface Habits {
  /** How each of its runs ends by itself; null: it lives until it is told otherwise. */
  readonly ends: { readonly after: Millis; readonly exit: Exit } | null
  /** How long after its start a run is ready; `never`: it never is. */
  readonly readyAfter: Millis
  /** From when to when its checks fail. */
  readonly sick: readonly { readonly from: Instant; readonly to: Instant }[]
  /** Only SIGKILL ends it. */
  readonly isStubborn: boolean
}

/** A oneshot of which nothing is said succeeds after so long. [SM3] */
const oneshotLasts: Millis = 100

/** Who has no habits is ready and healthy at once, and lives until it is told otherwise. [SM3] */
export function habitsOf(spec: ProcessSpec, order: SimulateOrder): Habits {
  const isMeant = (name: string): boolean => isCalled(spec, name)
  const flap = order.flaps.findLast(({ name }) => isMeant(name))
  const ready = order.ready.findLast(({ name }) => isMeant(name))
  const end = flap ?? (spec.oneshot ? { after: oneshotLasts, code: 0 } : null)
  return {
    ends: end === null ? null : { after: end.after, exit: { tag: 'code', code: end.code } },
    readyAfter: order.neverReady.some(isMeant) ? never : (ready?.after ?? 0),
    sick: order.unhealthy.filter(({ name }) => isMeant(name)).map(({ at, span }) => ({ from: at, to: at + span })),
    isStubborn: order.stubborn.some(isMeant),
  }
}

/** By its name, or by the one that it shares with other instances. */
export function isCalled({ name, instanceOf }: ProcessSpec, word: string): boolean {
  return name === word || instanceOf?.name === word
}

/** Everybody who is named in an order. */
export function namesIn({ neverReady, stubborn, ...order }: SimulateOrder): readonly string[] {
  const { kills, exits, flaps, ready, unhealthy } = order
  return [...[kills, exits, flaps, ready, unhealthy].flat().map(({ name }) => name), ...neverReady, ...stubborn]
}
