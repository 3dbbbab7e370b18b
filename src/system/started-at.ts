import type { Instant } from '../lib/time.ts'
import { millisSinceBoot, procUnits } from './libc.ts'

/**
 * When a process started, on the clock whose present instant is `now`. Kernels count start times in ticks, so that it is
 * up to 10 ms earlier than it was.
 * @param startTime field 22 of /proc/PID/stat
 */
export function startedAt(startTime: number, now: Instant): Instant {
  return now - (millisSinceBoot() - (startTime * 1000) / procUnits().ticks)
}
