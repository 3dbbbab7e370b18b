import { closeSync } from 'node:fs'
import { errnoName } from './errno.ts'
import { kill, openPidfd, signalPidfd } from './libc.ts'
import { readStat } from './procfs.ts'

/** One process for ever, whatever becomes of its pid. */
export interface ProcessHandle extends Disposable {
  readonly pid: number
  /** Field 22 of /proc/PID/stat; 0 where there is no /proc. */
  readonly startTime: number
  /** Negative where there are none; then only the start time tells the process from another. */
  readonly pidfd: number
  /** Signals it. Returns the errno's name when that was not possible: ESRCH when it is gone. */
  signal(signal: number): string | null
  /** Signals the process group that it leads, or led: a group may outlive its leader. */
  signalGroup(signal: number): string | null
}

/**
 * Takes hold of a process: of a child of ours that nobody has reaped, or of whoever has that pid now. The pidfd is
 * taken before the start time is read: if that is the one that was expected, the pidfd stands for the process expected.
 *
 * A pidfd stays with its process. Where there is none (kernels before 5.3, gVisor, macOS), the start time is looked at
 * just before `kill`, which leaves a moment in which the pid could in theory change hands.
 * @param open how to get a pidfd, or a negative number
 */
export function holdProcess(pid: number, open: (pid: number) => number = openPidfd): ProcessHandle {
  const pidfd = open(pid)
  const startTime = readStat(pid)?.startTime ?? 0
  const isSame = (): boolean => startTime === 0 || readStat(pid)?.startTime === startTime
  return {
    pid,
    startTime,
    pidfd,
    signal(signal) {
      if (pidfd >= 0) return refusal(signalPidfd(pidfd, signal, 'process'))
      return isSame() ? refusal(kill(pid, signal)) : 'ESRCH'
    },
    signalGroup(signal) {
      const result = pidfd >= 0 ? refusal(signalPidfd(pidfd, signal, 'group')) : 'EINVAL'
      // Before Linux 6.9 a pidfd does not stand for a group. A group that lives keeps its number from being given away.
      return result === 'EINVAL' || result === 'ENOSYS' ? refusal(kill(-pid, signal)) : result
    },
    [Symbol.dispose]() {
      if (pidfd >= 0) closeSync(pidfd)
    },
  }
}

/** What stands for a process that is known to be gone. */
export function noProcess({ pid, startTime }: { readonly pid: number; readonly startTime: number }): ProcessHandle {
  const gone = (): string => 'ESRCH'
  return { pid, startTime, pidfd: -1, signal: gone, signalGroup: gone, [Symbol.dispose]: () => undefined }
}

/**
 * Signals any process, if it is still the one that started then.
 * @returns the errno's name when that was not possible: ESRCH when it is gone
 */
export function signalIfSame(
  { pid, startTime }: { readonly pid: number; readonly startTime: number },
  signal: number,
  whom: 'process' | 'group' = 'process',
): string | null {
  using handle = holdProcess(pid)
  // The handle was there first: if the start time fits now, it is the handle's process whose time that is.
  if (handle.startTime !== startTime) return 'ESRCH'
  return whom === 'group' ? handle.signalGroup(signal) : handle.signal(signal)
}

/** Whether a process is there, be it as a zombie; always where there is no /proc that could tell. */
export function isThere({ pid, startTime }: { readonly pid: number; readonly startTime: number }): boolean {
  return startTime === 0 || readStat(pid)?.startTime === startTime
}

function refusal(result: number): string | null {
  return result < 0 ? errnoName(result) : null
}
