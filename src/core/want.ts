import { firstProcmonDelay } from './delay.ts'
import type { ProcessEvent } from './events.ts'
import { calm } from './flap.ts'
import { failJobs } from './jobs.ts'
import type { Reason } from './reason.ts'
import { put, since, type Turn } from './turn.ts'
import type { Process } from './process.ts'
import { named } from './world.ts'

type Command = Extract<ProcessEvent, { tag: 'start' | 'stop' | 'restart' | 'reset' | 'delete' }>

/**
 * Records what the operator asked for, the same way in every state. What it means for the state is the state's affair.
 * @returns the process as it now stands in the world
 */
export function recordWish(turn: Turn, process: Process, command: Command): Process {
  switch (command.tag) {
    case 'reset':
      return kept(turn, { ...forgetful(process), restarts: 0 })
    case 'start':
      return kept(turn, { ...fresh(process), want: { up: true, reason: asked(turn, command) } })
    case 'restart':
      return kept(turn, {
        ...fresh(process),
        restarts: process.restarts + 1,
        want: { up: true, reason: asked(turn, command) },
      })
    case 'stop':
    case 'delete': {
      const want = { up: false, forGood: command.tag === 'delete', reason: asked(turn, command) } as const
      failJobs(turn, { ...process, restarts: 0, revives: false, flap: calm, want })
      return named(turn.world, process.spec.name) ?? process
    }
  }
}

/** A person's word clears what the policies counted. [RS7] */
function fresh(process: Process): Process {
  return { ...forgetful(process), revives: false }
}

/** As if it had never fallen. What waits out a delay goes on waiting. */
function forgetful(process: Process): Process {
  return { ...process, streak: 0, procmonDelay: firstProcmonDelay, starts: [], flap: calm, falls: [] }
}

function kept(turn: Turn, process: Process): Process {
  put(turn, process)
  return named(turn.world, process.spec.name) ?? process
}

function asked(turn: Turn, command: Exclude<Command, { tag: 'reset' }>): Reason {
  const { by } = command
  const together = command.tag === 'stop' ? command.together : undefined
  return since(turn, { tag: 'asked', by }, together && since(turn, { tag: 'stopped-together', ...together }))
}
