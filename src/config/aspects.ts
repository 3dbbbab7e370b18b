import { isDeepStrictEqual } from 'node:util'

import type { Hook, ProcessSpec, RestartDelay, Sink } from '../core/spec.ts'
import { flow, octal, span } from './flow.ts'
import { hookKeys } from './hooks.ts'
import type { Entry } from './plain.ts'

/** One thing that a spec says, under the key of our dialect that says it. */
export interface Aspect {
  /** What is compared. */
  readonly value: unknown
  /** How it was declared; undefined: it was not said. */
  readonly said: unknown
  /** The value in words, where it does not speak for itself. */
  readonly text?: string
  /** Whether only a new run can take it over. */
  readonly restarts: boolean
}

type Named = readonly [string, Aspect]

/** Everything that a spec says, by key: `stop_timeout`, `env.PORT`, `backoff.initial`. [CD29] */
export function aspects(spec: ProcessSpec): ReadonlyMap<string, Aspect> {
  const entry = spec.declared?.entry ?? {}
  return new Map([...ofRun(spec, entry), ...ofPlace(spec, entry), ...ofLife(spec, entry), ...ofCalls(spec, entry)])
}

/** What a run is made of. */
function ofRun(spec: ProcessSpec, entry: Entry): readonly Named[] {
  const { cwd, env, identity, limits } = spec
  return [
    ...programOf(spec, entry),
    run('cwd', cwd, entry['cwd']),
    ...[...env.set].map(([name, value]): Named => run(`env.${name}`, value, undefined)),
    run('clean_env', !env.inherit, entry['clean_env']),
    run('user', identity.user, entry['user'] === '' ? undefined : entry['user']),
    run('group', identity.group, entry['group'] === '' ? undefined : entry['group']),
    run('umask', identity.umask, entry['umask'], identity.umask === null ? 'none' : octal(identity.umask)),
    run('nice', identity.nice, entry['nice']),
    ...[...limits].map(([name, { soft, hard }]): Named => {
      const text = soft === hard ? flow(soft) : `${flow(soft)}:${flow(hard)}`
      return run(`limits.${name}`, { soft, hard }, within(entry['limits'], name), text)
    }),
    ...outputOf(spec, entry),
  ]
}

function programOf({ command }: ProcessSpec, entry: Entry): readonly Named[] {
  const [program, ...args] = command ?? []
  return [
    run('command', program ?? null, undefined),
    run('args', args, entry['args'] === '' ? undefined : entry['args']),
  ]
}

function outputOf({ output }: ProcessSpec, entry: Entry): readonly Named[] {
  const { stdout, stderr, access, timestamps, format, maxSize, maxAge, keep } = output
  const mode = access && `${octal(access.fileMode)} ${octal(access.directoryMode)} ${access.uid}:${access.gid}`
  const streams = isDeepStrictEqual(stdout, stderr)
    ? [run('log', stdout, entry['log'], sinkText(stdout))]
    : [
        run('stdout', stdout, entry['stdout'] ?? entry['log'], sinkText(stdout)),
        run('stderr', stderr, entry['stderr'] ?? entry['log'], sinkText(stderr)),
      ]
  return [
    ...streams,
    // Files that are there already keep what they have.
    live('logs', access, undefined, mode ?? 'none'),
    run('log_timestamps', timestamps, entry['log_timestamps']),
    run('log_format', format, entry['log_format']),
    run('log_max_size', maxSize, entry['log_max_size']),
    run('log_max_age', maxAge, entry['log_max_age'], maxAge === null ? 'none' : span(maxAge)),
    run('log_keep', keep, entry['log_keep']),
  ]
}

function sinkText(sink: Sink): string {
  switch (sink.tag) {
    case 'inherit-stdout':
      return 'STDOUT'
    case 'inherit-stderr':
      return 'STDERR'
    case 'discard':
      return 'SUPPRESS'
    case 'file':
      return sink.path
  }
}

/** Where it stands among the others. */
function ofPlace({ parent, edges, instanceOf, groups }: ProcessSpec, entry: Entry): readonly Named[] {
  const dependencies = edges.filter((edge) => edge.to !== parent || edge.onExit !== 'restart')
  const short = dependencies.map(({ to, condition, onExit }) =>
    condition === 'ready' && onExit === 'ignore' ? to : { name: to, condition, on_exit: onExit },
  )
  const ordered = dependencies.map((edge) => `${edge.to} ${edge.condition} ${edge.onExit}`).toSorted()
  return [
    run('parent', parent, entry['parent']),
    run('dependencies', ordered, undefined, flow(short)),
    live('instances', instanceOf, undefined, instanceOf === null ? 'none' : `${instanceOf.name} ${instanceOf.index}`),
    live('groups', groups.toSorted(), undefined, flow(groups)),
  ]
}

/** How it is watched, restarted and stopped. */
function ofLife(spec: ProcessSpec, entry: Entry): readonly Named[] {
  const { ready, startTimeout, monitors, restart, endIsFailure, startLimit, successExitCodes, stop } = spec
  const { restartPreventExitCodes, onStartLimit, flapDetection, restartBudget } = spec
  const budget = restartBudget && { intensity: restartBudget.intensity, period: span(restartBudget.period) }
  const limit = startLimit && { burst: startLimit.burst, interval: span(startLimit.interval) }
  return [
    live('ready', ready, ready?.tag === 'elapsed' ? undefined : entry['ready'], readyText(spec)),
    live('start_timeout', startTimeout, entry['start_timeout'], span(startTimeout)),
    live('monitors', monitors, entry['monitors']),
    // With `no_auto_restart` it means nothing.
    live('restart', endIsFailure ? 'always' : restart, entry['restart'], restart),
    live(
      'restart_prevent_exit_codes',
      restartPreventExitCodes.toSorted((a, b) => a - b),
      entry['restart_prevent_exit_codes'],
    ),
    live('no_auto_restart', endIsFailure, entry['no_auto_restart']),
    ...delayOf(spec.delay, entry['backoff']),
    live('start_limit', startLimit, entry['start_limit'], flow(limit)),
    live('on_start_limit', onStartLimit, entry['on_start_limit']),
    live('flap_detection', flapDetection, entry['flap_detection'], flapText(flapDetection)),
    live('restart_budget', restartBudget, entry['restart_budget'], flow(budget)),
    live(
      'success_exit_codes',
      successExitCodes.toSorted((a, b) => a - b),
      entry['success_exit_codes'],
    ),
    live('stop_signal', stop.signal, entry['stop_signal']),
    live('stop_timeout', stop.timeout, entry['stop_timeout'], span(stop.timeout)),
    live('kill_mode', stop.mode, entry['kill_mode']),
  ]
}

function flapText(flap: ProcessSpec['flapDetection']): string {
  if (flap === null || flap === 'off') return flap ?? 'none'
  const { restarted, countdown, decrement } = flap
  return flow({ restarted, countdown: span(countdown), decrement: span(decrement) })
}

function readyText({ ready }: ProcessSpec): string {
  return ready?.tag === 'elapsed' ? `after ${span(ready.after)}` : flow(ready)
}

function delayOf(delay: RestartDelay, said: unknown): readonly Named[] {
  if (delay.tag === 'procmon') return [live('backoff', delay, undefined)]
  return [
    live('backoff.initial', delay.initial, within(said, 'initial'), span(delay.initial)),
    live('backoff.factor', delay.factor, within(said, 'factor')),
    live('backoff.max', delay.max, within(said, 'max'), span(delay.max)),
    live('backoff.jitter', delay.jitter, within(said, 'jitter')),
    live('backoff.reset_after', delay.resetAfter, within(said, 'reset_after'), span(delay.resetAfter)),
  ]
}

/** What calls for it, and what that does. */
function ofCalls(spec: ProcessSpec, entry: Entry): readonly Named[] {
  const { oneshot, autostart, prerun, prerunFailure, trigger, significant } = spec
  return [
    live('oneshot', oneshot, entry['oneshot']),
    live('autostart', autostart, entry['autostart']),
    live('prerun', [prerun, prerunFailure], undefined, flow(prerun)),
    live('schedule', trigger.schedule, entry['schedule']),
    live('on_signal', trigger.signal, entry['on_signal']),
    live('shutdown', trigger.shutdown, entry['shutdown']),
    live('terminate', trigger.terminate, entry['terminate']),
    live('significant', significant, entry['significant']),
    ...hookKeys.flatMap(({ on, name }): readonly Named[] => {
      const hooks = spec.hooks.filter((hook) => hook.on === on)
      return hooks.length === 0 ? [] : [live(`hooks.${name}`, hooks, undefined, hooks.map(hookText).join('; '))]
    }),
  ]
}

/** Without the secret, which is nobody's business. */
function hookText({ action, timeout }: Hook): string {
  const what = action.tag === 'post' ? action.url : action.command.join(' ')
  const signed = action.tag === 'post' && action.secret !== null ? ', signed' : ''
  return `${what} within ${span(timeout)}${signed}`
}

function run(key: string, value: unknown, said: unknown, text?: string): Named {
  return [key, { value, said, restarts: true, ...(text === undefined ? {} : { text }) }]
}

function live(key: string, value: unknown, said: unknown, text?: string): Named {
  return [key, { value, said, restarts: false, ...(text === undefined ? {} : { text }) }]
}

/** What is said of one key of a table. */
function within(table: unknown, key: string): unknown {
  return typeof table === 'object' && table !== null ? new Map(Object.entries(table)).get(key) : undefined
}
