import type { Exit } from '../../core/exit.ts'
import { success, type Result } from '../../lib/result.ts'
import { formatDuration } from '../../lib/time.ts'
import type { Census, Tribe } from '../census.ts'
import { environmentOf } from '../environment.ts'
import { captureOutput, type Capture } from './output.ts'
import { sweepHook } from './sweep.ts'
import type { HookOrder, HookOutcome } from '../hooks.ts'
import { resolveAccount } from '../identity.ts'
import { launch } from '../launch.ts'
import { markerVariable } from '../marker.ts'
import { ringAfter } from '../probes/alarm.ts'
import { holdProcess, type ProcessHandle } from '../process.ts'

/** What a hook that is a command is run with. */
export interface CommandSurroundings {
  readonly command: readonly [string, ...string[]]
  readonly marker: string
  readonly census: Census
  /** Whether orphans go to somebody else, so that everybody has to be looked at for them. */
  readonly isScattered: boolean
}

const nobody = { user: null, group: null, umask: null, nice: null } as const

/**
 * Runs a command in a session of its own, without a shell, the event its last argument. When it ends, or is ended,
 * whoever is left of it is killed. [HK6] [HK8] [HK10]
 */
export async function runHookCommand(order: HookOrder, around: CommandSurroundings): Promise<HookOutcome> {
  await using output = captureOutput()
  const ended = Promise.withResolvers<Exit | 'timeout' | 'aborted'>()
  const started = start(order, around, { output, onExit: ended.resolve })
  output.handedOver()
  if (!started.ok) return { failed: `could not be started: ${started.failure.message}`, output: '' }
  using main = started.value
  const { pid, startTime } = main
  const tribe: Tribe = { pid, group: pid, startTime, marker: around.marker, isScattered: around.isScattered }
  around.census.add(tribe)
  const silence = ringAfter(order.timeout, () => ended.resolve('timeout'))
  const abort = (): void => ended.resolve('aborted')
  order.signal.addEventListener('abort', abort)
  if (order.signal.aborted) abort()
  const end = await ended.promise
  silence()
  order.signal.removeEventListener('abort', abort)
  const left = await sweepHook(tribe, main, around.census)
  around.census.remove(tribe)
  await output.read()
  const orphans = end === 'timeout' || end === 'aborted' ? [] : left
  return {
    failed: sentenceOf(
      end,
      order,
      orphans.map(({ pid: orphan, command }) => `${orphan} (${command})`),
    ),
    output: output.text(),
  }
}

function start(
  { event, context, variables }: HookOrder,
  { command, marker }: CommandSurroundings,
  { output, onExit }: { readonly output: Capture; readonly onExit: (exit: Exit) => void },
): Result<ProcessHandle> {
  const identity = context?.identity ?? nobody
  const account = resolveAccount(identity)
  if (!account.ok) return account
  const started = launch({
    command: [...command, event],
    cwd: context?.cwd ?? process.cwd(),
    env: environmentOf(context?.env ?? { inherit: true, set: new Map() }, {
      account: account.value,
      added: { ...variables, [markerVariable]: marker },
    }),
    account: account.value,
    umask: identity.umask,
    nice: identity.nice,
    limits: new Map(),
    streams: [output.stream, output.stream],
    onExit,
  })
  return started.ok ? success(holdProcess(started.value)) : started
}

/** What went wrong; null: nothing. */
function sentenceOf(
  end: Exit | 'timeout' | 'aborted',
  { timeout }: HookOrder,
  orphans: readonly string[],
): string | null {
  if (end === 'timeout') return `had not ended after ${formatDuration(timeout)} and was killed`
  if (end === 'aborted') return 'was killed, since coppice ends'
  const left = orphans.length === 0 ? null : `left ${orphans.join(', ')} behind, killed now`
  const fault = faultOf(end)
  return fault === null ? left : [fault, ...(left === null ? [] : [left])].join('; ')
}

function faultOf(exit: Exit): string | null {
  switch (exit.tag) {
    case 'code':
      return exit.code === 0 ? null : `exited with code ${exit.code}`
    case 'signal':
      return `was killed by ${exit.signal}`
    case 'unknown':
      return 'ended, nobody knows how'
  }
}
