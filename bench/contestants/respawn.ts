import { join } from 'node:path'
import { launch } from '../launch.ts'
import type { Workshop } from '../workshop.ts'
import type { Contestant } from './contestant.ts'

// Loops that start one program again and again, and know nothing else.

/** The floor: posix_spawn and waitpid in C. */
export function respawnLoop(workshop: Workshop): Contestant {
  return loop('C posix_spawn', () => [workshop.program('respawn')])
}

/** What our runtime can do at best: the rest, up to coppice's own figure, is ours. */
export const bareRuntime = loop('bare Bun.spawn', () => [process.execPath, join(import.meta.dir, '../bare-loop.ts')])

function loop(name: string, command: () => readonly string[]): Contestant {
  return {
    name,
    goodLife: 0,
    prepare: async () => null,
    async start({ room, mark, marks }) {
      const child = launch([...command(), mark, marks], { room })
      return {
        pid: child.pid,
        async stop() {
          child.kill('SIGTERM')
          await child.exited
        },
      }
    },
  }
}
