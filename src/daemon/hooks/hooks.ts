import { parseHookLine } from '../../config/hook-line.ts'
import { hookEventsOf, isReplacement } from '../../core/hook-events.ts'
import type { Hook } from '../../core/spec.ts'
import type { Transition } from '../../core/transitions.ts'
import type { DaemonSettings } from '../../config/daemon-settings.ts'
import type { Change } from '../../store/recorder.ts'
import type { HookOutcome, Hooks } from '../../system/hooks.ts'
import type { Ledger } from '../ledger.ts'
import type { Log } from '../log.ts'
import { payloadOf, type Happening, type Setting } from './payload.ts'
import { theirEventsOf } from './pmon3.ts'
import { createRunner, type Job } from './runner.ts'
import { createTeller } from './teller.ts'

/** Has hooks run for what happens. */
export interface HookKeeper extends AsyncDisposable {
  readonly hear: (change: Change) => void
}

/** pmon3's are as patient as ours usually are. */
const usualTimeout = 30_000

/**
 * @param settings the hooks of every process, and pmon3's, as they stand now; null: there are only those of each process
 * @param ledger asked for only later: it may not be there yet
 */
export function keepHooks(input: {
  readonly hooks: Hooks
  readonly log: Pick<Log, 'write'>
  readonly ledger: () => Pick<Ledger, 'note' | 'groups'>
  readonly settings: () => DaemonSettings['hooks'] | null
}): HookKeeper {
  const { hooks, ledger, settings } = input
  const runner = createRunner(hooks)
  const teller = createTeller(input)

  function hear({ transitions, after }: Change): void {
    const general = settings()
    for (const transition of transitions) {
      const moment = { at: after.now, wall: Date.now() }
      for (const call of [...ownCalls(transition, general, moment), ...theirCalls(transition, general, moment)])
        add(call)
    }
  }

  function add({ name, happening, setting, order }: Call): void {
    const { process } = happening
    const job: Job = {
      process: process.id,
      order() {
        const event = payloadOf(happening, { groups: ledger().groups, ...setting })
        const said = {
          COPPICE_EVENT: happening.event,
          COPPICE_EVENT_NAME: process.spec.name,
          COPPICE_EVENT_JSON: event,
        }
        return { ...order, event, variables: { ...order.variables, ...said } }
      },
      over: (outcome: HookOutcome) => teller.tell(process, name, outcome),
    }
    teller.added(process, name, runner.add(job) ? 'waits' : 'dropped')
  }

  return {
    hear,
    async [Symbol.asyncDispose]() {
      await runner[Symbol.asyncDispose]()
      hooks[Symbol.dispose]()
    },
  }
}

/** One hook to be run. */
interface Call {
  /** `on_exit`, `process_restart`. */
  readonly name: string
  readonly happening: Happening
  readonly setting: Omit<Setting, 'groups'>
  readonly order: Omit<ReturnType<Job['order']>, 'event'>
}

type Moment = Pick<Happening, 'at' | 'wall'>

/** Ours: those of the process, and those of all, as the user of the process. [HK6] */
function ownCalls(transition: Transition, general: DaemonSettings['hooks'] | null, moment: Moment): readonly Call[] {
  const { process } = transition
  const hooks: readonly Hook[] = general === null ? process.spec.hooks : [...process.spec.hooks, ...general.ofAll]
  if (hooks.length === 0) return []
  const isUncounted = isReplacement(transition)
  return hookEventsOf(transition).flatMap((event) =>
    hooks
      .filter(({ on }) => on === event)
      .map(({ action, timeout }) => ({
        name: `on_${event}`,
        happening: { event, process, isUncounted, ...moment },
        setting: { withEnvironment: false },
        order: { action, timeout, context: process.spec, variables: {} },
      })),
  )
}

/** pmon3's, as the user of the daemon. One that cannot be run was told when it was read. [HK5] */
function theirCalls(transition: Transition, general: DaemonSettings['hooks'] | null, moment: Moment): readonly Call[] {
  if (general === null) return []
  const { process } = transition
  const isUncounted = isReplacement(transition)
  return theirEventsOf(transition, general).flatMap(({ event, line, status }) => {
    const parsed = parseHookLine(line)
    if (typeof parsed === 'string') return []
    const { command, env } = parsed
    const order = {
      action: { tag: 'command', command } as const,
      timeout: usualTimeout,
      context: null,
      variables: Object.fromEntries(env),
    }
    const happening = { event, process, isUncounted, ...moment }
    return [{ name: `process_${event}`, happening, setting: { status, withEnvironment: true }, order }]
  })
}
