import type { Millis } from '../lib/time.ts'

/** Waits so long. For loops that look again and again for what nobody tells. */
export function pause(span: Millis): Promise<void> {
  return Bun.sleep(span)
}
