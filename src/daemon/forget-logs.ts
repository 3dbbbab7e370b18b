import { rmSync } from 'node:fs'
import type { Process } from '../core/process.ts'
import type { Sink } from '../core/spec.ts'
import type { World } from '../core/world.ts'
import type { Engine } from './engine.ts'

/** Deletes the log of a process that is deleted, as pmon3 does, unless another process writes there too. [DM18] */
export function forgetLogs(engine: Engine): Disposable {
  const stop = engine.subscribe(({ before, after }) => {
    if (before.processes === after.processes) return
    for (const [then, now] of after.processes.changedSince(before.processes)) {
      if (then !== undefined && now === undefined)
        for (const path of ownLogs(then, after)) rmSync(path, { force: true })
    }
  })
  return { [Symbol.dispose]: stop }
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
