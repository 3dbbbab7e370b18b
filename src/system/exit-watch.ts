import { closeSync } from 'node:fs'
import type { Exit } from '../core/exit.ts'
import type { Millis } from '../lib/time.ts'
import { exitOfEnded, hasEnded, unknown } from './ended.ts'
import { changePollSet, openPollSet, readableInSet } from './libc.ts'
import type { Run } from './run.ts'

/** Watches main processes that the runtime did not start: those of an earlier daemon. */
export interface ExitWatch extends Disposable {
  add(run: Run): void
  remove(run: Run): void
  /** Whether a dead child of ours is one of these; it is reaped then, and told. */
  claim(pid: number): boolean
}

const period: Millis = 40

/**
 * All of them in one epoll set of pidfds, which is asked every 40 ms in one call, without waiting. Where there are no
 * pidfds, each is looked at. Without any to watch it costs nothing.
 */
export function createExitWatch(onEnded: (run: Run, exit: Exit) => void): ExitWatch {
  const byPidfd = new Map<number, Run>()
  const byPid = new Map<number, Run>()
  const withoutPidfd = new Set<Run>()
  /** Whose exit was not to be read yet: it gets one more period. */
  const asked = new Set<Run>()
  let set = -1
  let timer: ReturnType<typeof setInterval> | undefined

  function look(): void {
    const ended = set >= 0 ? readableInSet(set).flatMap((pidfd) => byPidfd.get(pidfd) ?? []) : []
    for (const run of [...ended, ...[...withoutPidfd].filter(({ main }) => hasEnded(main))]) settle(run)
  }

  function settle(run: Run): void {
    const exit = exitOfEnded(run.main)
    if (exit === 'later' && !asked.has(run)) return void asked.add(run)
    remove(run)
    onEnded(run, exit === 'later' ? unknown : exit)
  }

  function remove(run: Run): void {
    if (byPid.get(run.pid) !== run) return
    byPid.delete(run.pid)
    asked.delete(run)
    withoutPidfd.delete(run)
    if (byPidfd.delete(run.main.pidfd)) changePollSet(set, 'remove', run.main.pidfd)
    if (byPid.size === 0) rest()
  }

  function rest(): void {
    clearInterval(timer)
    timer = undefined
    if (set >= 0) closeSync(set)
    set = -1
  }

  return {
    add(run) {
      if (set < 0) set = openPollSet()
      byPid.set(run.pid, run)
      if (run.main.pidfd >= 0 && changePollSet(set, 'add', run.main.pidfd) >= 0) byPidfd.set(run.main.pidfd, run)
      else withoutPidfd.add(run)
      timer ??= setInterval(look, period).unref()
    },
    remove,
    claim(pid) {
      const run = byPid.get(pid)
      if (run === undefined || !hasEnded(run.main)) return false
      settle(run)
      return true
    },
    [Symbol.dispose]() {
      rest()
      for (const map of [byPidfd, byPid, withoutPidfd, asked]) map.clear()
    },
  }
}
