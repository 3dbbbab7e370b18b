import { rmSync } from 'node:fs'
import type { Process } from '../core/process.ts'
import type { Sink } from '../core/spec.ts'
import type { World } from '../core/world.ts'
import type { Change } from '../store/recorder.ts'

/**
 * Deletes the log of a process that is deleted, as pmon3 does, unless another process writes there too. It is done before
 * the process is gone from the record: a daemon that dies in between does it again. [DM18] [TB23]
 */
export function forgetLogs({ before, after }: Pick<Change, 'before' | 'after'>): void {
  if (before.processes === after.processes) return
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    if (then === undefined || now !== undefined) continue
    for (const path of ownLogs(then, after)) {
      globalThis.crashPoint?.('log: before delete')
      rmSync(path, { force: true })
      globalThis.crashPoint?.('log: deleted')
    }
  }
}

function ownLogs({ spec }: Process, { processes }: World): string[] {
  const others = new Set([...processes.values()].flatMap((other) => logsOf(other)))
  return [spec.output.stdout, spec.output.stderr].flatMap(pathOf).filter((path) => !others.has(path))
}

function logsOf({ spec: { output } }: Process): string[] {
  return [output.stdout, output.stderr].flatMap(pathOf)
}

function pathOf(sink: Sink): string[] {
  return sink.tag === 'file' ? [sink.path] : []
}
