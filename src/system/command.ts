import type { Exit } from '../core/exit.ts'
import type { Millis } from '../lib/time.ts'
import { environmentOf } from './environment.ts'
import { resolveAccount } from './identity.ts'
import { launch } from './launch.ts'
import { markerVariable, newCommandMarker } from './marker.ts'
import type { ProbeContext } from './ports.ts'
import { holdProcess, type ProcessHandle } from './process.ts'

export interface CommandOrder {
  readonly command: readonly [string, ...string[]]
  /** Whose directory, environment and identity it gets; null: coppice's own. */
  readonly context: ProbeContext
  /** Aborting kills the command and everything in its group. */
  readonly signal: AbortSignal
  readonly timeout: Millis
}

/** `failed`: it could not be started, or was aborted; a sentence. */
export type CommandOutcome = { readonly exit: Exit } | { readonly failed: string } | 'timeout'

const nobody = { user: null, group: null, umask: null, nice: null } as const

/** Those that have not ended. */
const underWay = new Set<ProcessHandle>()

/** Commands that somebody must end who takes our place: nobody waits for them then. */
export function commandsUnderWay(): readonly { readonly pid: number; readonly startTime: number }[] {
  return [...underWay].map(({ pid, startTime }) => ({ pid, startTime }))
}

/**
 * Runs a short command in a session of its own, without any output, and leaves nothing of its group behind: [PR25]. It
 * is of no run: no stop waits for it.
 */
export function runCommand({ command, context, signal, timeout }: CommandOrder): Promise<CommandOutcome> {
  if (signal.aborted) return Promise.resolve(aborted)
  const identity = context?.identity ?? nobody
  const account = resolveAccount(identity)
  if (!account.ok) return Promise.resolve({ failed: account.failure.message })
  const { promise, resolve } = Promise.withResolvers<CommandOutcome>()
  const started = launch({
    command,
    cwd: context?.cwd ?? process.cwd(),
    env: environmentOf(context?.env ?? { inherit: true, set: new Map() }, {
      account: account.value,
      added: { [markerVariable]: newCommandMarker() },
    }),
    account: account.value,
    umask: identity.umask,
    nice: identity.nice,
    limits: new Map(),
    streams: ['ignore', 'ignore'],
    onExit: (exit) => end({ exit }),
  })
  if (!started.ok) return Promise.resolve({ failed: started.failure.message })
  const main = holdProcess(started.value)
  underWay.add(main)
  const alarm = setTimeout(() => end('timeout'), timeout)
  const abort = (): void => end(aborted)
  signal.addEventListener('abort', abort)
  let isOver = false

  function end(outcome: CommandOutcome): void {
    if (isOver) return // the exit of what was killed here
    isOver = true
    clearTimeout(alarm)
    signal.removeEventListener('abort', abort)
    main.signalGroup(9)
    underWay.delete(main)
    main[Symbol.dispose]()
    resolve(outcome)
  }

  return promise
}

const aborted = { failed: 'aborted' } as const
