import { describe, expect, test } from 'bun:test'
import { delayAfter, type Life } from './delay.ts'
import type { RestartDelay } from './spec.ts'

const backoff: RestartDelay = { tag: 'backoff', initial: 100, factor: 2, max: 10_000, jitter: 0.1, resetAfter: 10_000 }
const procmon: RestartDelay = { tag: 'procmon', rest: 10_000 }

function aLife(life: Partial<Life> = {}): Life {
  return { lived: 0, streak: 0, procmonDelay: 1000, dice: 0.5, ...life }
}

/** The delays of `count` lives that each take `lived`. */
function delays(policy: RestartDelay, { count, lived }: { count: number; lived: number }): number[] {
  const found: number[] = []
  let life = aLife({ lived })
  for (let i = 0; i < count; i++) {
    const { delay, ...next } = delayAfter(policy, life)
    found.push(delay)
    life = { ...life, ...next }
  }
  return found
}

describe('backoff', () => {
  test('[RS3] is initial × factor^(n−1), at most max', () => {
    const expected = [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]
    expect(delays(backoff, { count: 9, lived: 5000 })).toEqual(expected)
  })

  test('[RS3] is moved by up to a tenth, as the dice fall', () => {
    expect(delayAfter(backoff, aLife({ dice: 0 })).delay).toBe(90)
    expect(delayAfter(backoff, aLife({ dice: 0.75 })).delay).toBeCloseTo(105)
    expect(delayAfter(backoff, aLife({ dice: 0.999_999 })).delay).toBeLessThanOrEqual(110)
  })

  test('[RS3] there is none after a life of reset_after, and the next is the first again', () => {
    expect(delayAfter(backoff, aLife({ lived: 10_000, streak: 7 }))).toMatchObject({ delay: 0, streak: 0 })
    expect(delayAfter(backoff, aLife({ lived: 9999, streak: 7 }))).toMatchObject({ delay: 10_000, streak: 8 })
  })

  test('[RS3] is a number however often it fails', () => {
    expect(delayAfter(backoff, aLife({ streak: 100_000 })).delay).toBe(10_000)
    expect(delayAfter({ ...backoff, initial: 0 }, aLife({ streak: 100_000 })).delay).toBe(0)
  })
})

describe("procmon's delay", () => {
  test('[RS4] starts at a second and doubles at every restart', () => {
    expect(delays(procmon, { count: 5, lived: 0 })).toEqual([1000, 2000, 4000, 8000, 16_000])
  })

  test('[RS4] comes a tenth nearer to its rest each time the process has lived as long as it', () => {
    expect(delayAfter(procmon, aLife({ lived: 999 })).delay).toBe(1000)
    expect(delayAfter(procmon, aLife({ lived: 1000 })).delay).toBe(1900)
    expect(delayAfter(procmon, aLife({ lived: 1000 + 1900 })).delay).toBe(2710)
    expect(delayAfter(procmon, aLife({ lived: 32_000, procmonDelay: 32_000 })).delay).toBe(29_800)
  })

  test('[RS4] after a long life it is its rest', () => {
    expect(delayAfter(procmon, aLife({ lived: 365 * 86_400_000 })).delay).toBeCloseTo(10_000, -1)
    expect(delayAfter({ tag: 'procmon', rest: 0 }, aLife({ lived: 365 * 86_400_000 })).delay).toBeLessThanOrEqual(1)
  })
})
