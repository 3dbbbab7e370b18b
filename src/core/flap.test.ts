import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { afterFall, afterRest, calm } from './flap.ts'
import type { Flap } from './process.ts'
import type { FlapPolicy } from './spec.ts'

const policy: fc.Arbitrary<FlapPolicy> = fc.record({
  restarted: fc.integer({ min: 0, max: 6 }),
  countdown: fc.integer({ min: 1, max: 1000 }),
  decrement: fc.constantFrom(0, 1, 7, 100, 500, 2000),
})

/** When a process is restarted whose runs live so long, one after the other, and how long it rested before each. */
function restarts(flap: FlapPolicy, lives: readonly number[]): { at: number; rested: number }[] {
  let memory: Flap = calm
  let now = 0
  return lives.map((life) => {
    now += life
    const verdict = afterFall(memory, flap, now)
    const rested = verdict.restUntil === null ? 0 : verdict.restUntil - now
    now += rested
    memory = verdict.restUntil === null ? verdict.flap : afterRest(verdict.flap, now)
    return { at: now, rested }
  })
}

test('[FL1] [FL2] [FL3] no process is restarted more often within a countdown than was declared', () => {
  fc.assert(
    fc.property(policy, fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }), (flap, lives) => {
      const all = restarts(flap, lives)
      const { restarted, countdown, decrement } = flap
      // All that are free, twice (before a countdown, and after its end), the one at its end, and those forgiven in it.
      const most = 2 * restarted + 1 + (decrement === 0 ? 0 : Math.ceil(countdown / decrement))
      for (const { at } of all) {
        expect(all.filter((one) => one.at > at - countdown && one.at <= at).length).toBeLessThanOrEqual(most)
      }
    }),
  )
})

test('[FL2] nobody rests longer than a countdown, and without a decrement nobody shorter', () => {
  fc.assert(
    fc.property(policy, fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }), (flap, lives) => {
      for (const { rested } of restarts(flap, lives)) {
        expect(rested).toBeLessThanOrEqual(flap.countdown)
        if (flap.decrement === 0 && rested > 0) expect(rested).toBe(flap.countdown)
      }
    }),
  )
})

test('[FL3] where less is allowed meanwhile, as much must be forgiven as is too much', () => {
  const memory: Flap = { tag: 'counting-down', count: 5, countedAt: 0, endsAt: 10_000 }
  const strict = { restarted: 3, countdown: 10_000, decrement: 1000 }
  expect(afterFall(memory, strict, 500).restUntil).toBe(3000)
  expect(afterFall(memory, strict, 2999).restUntil).toBe(3000)
  expect(afterFall(memory, strict, 3000).restUntil).toBe(null)
})
