import type { Millis } from '../lib/time.ts'

/**
 * Resolves in a later turn of the loop, when the runtime has told of everything that it had caught so far: after a timer
 * alone there may be signals of which it has not.
 */
export async function nextTurn(pause: Millis = 0): Promise<void> {
  if (pause > 0) await Bun.sleep(pause)
  await new Promise((resolve) => setImmediate(resolve))
}
