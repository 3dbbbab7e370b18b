import { seededDice } from '../../src/lib/dice.ts'

/** Chance that can be repeated. */
export interface Dice {
  /** A whole number from 0 up to, but without, `end`. */
  below(end: number): number
  /** One of them. */
  pick<T>(from: readonly T[]): T
}

export function createDice(seed: number): Dice {
  const dice = seededDice(seed)
  const below = (end: number): number => Math.floor(dice() * end)
  return {
    below,
    pick(from) {
      const found = from[below(from.length)]
      if (found === undefined) throw new RangeError('nothing to pick from')
      return found
    },
  }
}
