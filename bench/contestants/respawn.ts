import { launch } from '../launch.ts'
import type { Workshop } from '../workshop.ts'
import type { Contestant } from './contestant.ts'

/** The floor: a loop of posix_spawn and waitpid in C. It knows but one program. */
export function respawnLoop(workshop: Workshop): Contestant {
  return {
    name: 'C posix_spawn',
    goodLife: 0,
    prepare: async () => null,
    async start({ room, mark, marks }) {
      const child = launch([workshop.program('respawn'), mark, marks], { room })
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
