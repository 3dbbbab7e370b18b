import type { Exit } from '../core/exit.ts'
import { signalName } from '../lib/signals.ts'
import { isLaunched } from './launch.ts'
import { exitOfPidfd, peekZombie, readableAmong, reap, waitStatus, type WaitStatus } from './libc.ts'
import type { ProcessHandle } from './process.ts'
import { isLive, readStat, readZombieStatus } from './procfs.ts'

/** Whether a process that is not the runtime's has ended. A first thread that has ended while others go on has not. */
export function hasEnded({ pid, startTime, pidfd }: ProcessHandle): boolean {
  if (pidfd >= 0) return readableAmong([pidfd]).length > 0
  const stat = readStat(pid)
  return !isLive(stat) || stat.startTime !== startTime
}

/**
 * How a process ended that has ended, and that the runtime knows nothing of. If it is a child of ours, it is reaped.
 * @returns `later`: its zombie is there, but not for us to read; once it is reaped, its pidfd may tell
 */
export function exitOfEnded({ pid, startTime, pidfd }: ProcessHandle): Exit | 'later' {
  const isThere = readStat(pid)?.startTime === startTime
  const reaped = isThere && !isLaunched(pid) && peekZombie(pid) === pid ? reap(pid) : null
  if (reaped !== null) return exitOfStatus(reaped)
  const shown = readZombieStatus(pid, startTime)
  if (shown !== null) return exitOfStatus(waitStatus(shown))
  const told = pidfd >= 0 ? exitOfPidfd(pidfd) : null
  if (told !== null) return exitOfStatus(told)
  return readStat(pid)?.startTime === startTime ? 'later' : unknown
}

export const unknown: Exit = { tag: 'unknown' }

export function exitOfStatus({ code, signal }: WaitStatus): Exit {
  return signal === 0 ? { tag: 'code', code } : { tag: 'signal', signal: signalName(signal) }
}
