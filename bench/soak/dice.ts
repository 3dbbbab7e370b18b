/** Chance that can be repeated. */
export interface Dice {
  /** A whole number from 0 up to, but without, `end`. */
  below(end: number): number
  /** One of them. */
  pick<T>(from: readonly T[]): T
}

/** mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return {
    below,
    pick(from) {
      const found = from[below(from.length)]
      if (found === undefined) throw new RangeError('nothing to pick from')
      return found
    },
  }
}
