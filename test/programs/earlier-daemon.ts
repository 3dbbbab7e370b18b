// earlier-daemon OWN-ID RUNTIME-DIR SPECS: a spawner that starts the processes of a JSON list of { command, output, ready?, user? }, says in
// a line of JSON what a daemon would record of them, and lives. SIGUSR1: it ends without its processes, in good order.
import type { RunRef } from '../../src/system/ports.ts'
import { createSpawner } from '../../src/system/spawner.ts'
import { aNotification, aSpec } from '../sim/builders.ts'

export interface Recorded {
  readonly ref: RunRef
  readonly pid: number
  readonly startTime: number
  readonly marker: string
}

export interface Sketch {
  readonly command: readonly [string, ...string[]]
  readonly output: string
  readonly ready?: 'fd' | 'socket'
  readonly user?: string
}

export function specOf({ command, output, ready, user }: Sketch, process: number) {
  const sink = { tag: 'file', path: output } as const
  const spec = aSpec({
    name: `p${process}`,
    command,
    ready: ready === undefined ? null : aNotification({ via: ready }),
  })
  return {
    ...spec,
    identity: { ...spec.identity, user: user ?? null },
    output: { ...spec.output, stdout: sink, stderr: sink },
  }
}

if (import.meta.main) {
  const [ownId = '', runtimeDir = '', sketches = '[]'] = process.argv.slice(2)
  const spawner = createSpawner({ ownId, runtimeDir })
  const parsed = JSON.parse(sketches) as readonly Sketch[]
  const recorded = parsed.map((sketch, index): Recorded => {
    const ref = { process: index + 1, run: 1 }
    const outcome = spawner.spawn({ ref, spec: specOf(sketch, index + 1), news: () => undefined })
    if (outcome.tag !== 'spawned') throw new Error(outcome.text)
    return { ref, pid: outcome.pid, startTime: outcome.startTime, marker: spawner.markerOf(ref) ?? '' }
  })
  console.log(JSON.stringify({ pid: process.pid, recorded }))
  process.on('SIGUSR1', () => void spawner[Symbol.asyncDispose]().then(() => process.exit(0)))
  setInterval(() => undefined, 1 << 30)
}
