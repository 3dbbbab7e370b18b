import { availableParallelism, loadavg } from 'node:os'

/** How long a test waits for a fact at most, unless it says otherwise. */
export const ceiling = 15_000

/** What an answer is once it is a fact: neither null nor undefined nor false. */
export type Fact<T> = Exclude<Awaited<T>, null | undefined | false>

/**
 * Asks every few milliseconds until the answer is a fact.
 * @param what what is waited for, in the words of an error message
 * @throws when it has not come true within `within` milliseconds
 */
export async function fact<T>(
  what: string | (() => string),
  ask: () => T | Promise<T>,
  { within = ceiling, every = 10 }: { within?: number; every?: number } = {},
): Promise<Fact<T>> {
  const end = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== undefined && answer !== false) return answer as Fact<T>
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${typeof what === 'string' ? what : what()}`)
    await Bun.sleep(every)
  }
}

/** The milliseconds since it was made, whenever it is asked. */
export function stopwatch(): () => number {
  const start = performance.now()
  return () => performance.now() - start
}

/**
 * By how many milliseconds more than usual a thing may be late: 0 on a machine that has a processor for everybody, more
 * on one where even the test itself has to wait for its turn.
 */
export function lateness(): number {
  const [load = 0] = loadavg()
  return 300 * Math.max(0, load / availableParallelism() - 1)
}
