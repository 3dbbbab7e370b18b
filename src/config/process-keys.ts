import type { SignalName } from '../lib/signals.ts'
import { commandLine, words } from './command-line.ts'
import { monitorsReader, readyReader } from './health.ts'
import { hooksReader } from './hooks.ts'
import { limitsReader } from './limits.ts'
import { path, program, sink } from './paths.ts'
import { orBlank } from './reader.ts'
import { amount, duration, flag, mode, processName, signal, size, whole } from './readers.ts'
import { dependencies, reference, references } from './references.ts'
import { budgetReader, flapDetectionReader } from './restart-keys.ts'
import { scheduleReader } from './schedule.ts'
import { settingsMap, settingsText } from './settings.ts'
import { oneOf, oneOrMore, text } from './shapes.ts'
import { complete, key, table, type Values } from './table.ts'

/** Signals that coppice can be sent without harm: what may call for a special. */
export const callable: readonly SignalName[] = [
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
]

const backoff = table({
  initial: key(duration(), 'The first delay; 100ms if not said.'),
  factor: key(amount({ min: 1, max: 1000 }), 'What each delay is multiplied by for the next; 2 if not said.'),
  max: key(duration(), 'The longest delay; 10s if not said.'),
  jitter: key(amount({ min: 0, max: 1 }), 'How much of a delay is left to chance, up or down; 0.1 if not said.'),
  reset_after: key(
    duration(),
    'A run that lived so long is restarted at once, and the delays begin anew; 10s if not said.',
  ),
})

const startLimit = complete(
  {
    burst: key(whole({ min: 1, max: 1_000_000 }), 'How many starts …'),
    interval: key(duration({ longerThanZero: true }), '… in how long: one more, and it is given up as failed.'),
  },
  'burst',
  'interval',
)

/** Every key of a process. Reading, suggestions, the JSON Schema and the flags of `exec` come from this one table. */
export const processKeys = {
  name: key(processName(), 'Unique. Letters, digits, ._@+-. The name of the program if not said.'),
  command: key(
    commandLine(),
    'The program and its arguments: a text with shell quoting (no shell is started), or a list.',
  ),
  file: key(program(), "The program's file; the process runs in its directory."),
  args: key(words(), 'Arguments: a text with shell quoting, or a list.'),
  cwd: key(path(), 'The directory it runs in. That of `file`; with `command`, where coppice was started.'),
  env: key(settingsMap(), 'Environment variables.'),
  env_vars: key(orBlank(settingsText()), 'Environment variables as one text: `A=1 B=2`.'),
  env_file: key(oneOrMore(path()), 'A file of NAME=value lines, or several.'),
  clean_env: key(flag(), 'Start from an empty environment rather than from that of coppice.'),
  user: key(orBlank(text('a user')), 'The user it runs as, a name or a number, with the groups of that user.'),
  group: key(orBlank(text('a group')), 'The group it runs as.'),
  umask: key(mode(0o777), 'Octal.'),
  nice: key(whole({ min: -20, max: 19 }), 'The niceness.'),
  limits: key(limitsReader(), 'Resource limits.'),
  parent: key(reference(), 'Starts after the parent is ready, goes down and comes back with it.'),
  dependencies: key(
    dependencies(),
    'What must be there before it starts: names (then: ready), or tables with a condition.',
  ),
  ready: key(readyReader(), 'How it is known that it is ready: a check, or `notify`. Dependents wait for it.'),
  start_timeout: key(
    duration({ longerThanZero: true }),
    'It is killed and tried again if it is not ready by then; 60s if not said.',
  ),
  monitors: key(
    monitorsReader(),
    'Checks that are asked again and again once it is ready; a failure counts as its death.',
  ),
  restart: key(
    oneOf('always', 'on-failure', 'on-abnormal', 'on-success', 'no'),
    'After which ends it is restarted: `always` if not said; `no` for a oneshot.',
  ),
  restart_prevent_exit_codes: key(
    oneOrMore(whole({ min: 0, max: 255 })),
    'After these exit codes it is not restarted, whatever `restart` says.',
  ),
  no_auto_restart: key(flag(), "pmon3's: do not restart it; any end shows as failed."),
  backoff: key(backoff, 'The delays before restarts.'),
  start_limit: key(startLimit, 'Give up after so many starts in so long. Without it, it is tried for ever.'),
  on_start_limit: key(
    oneOf('nothing', 'stop-tree', 'exit'),
    'What follows when it is given up: nothing more, if not said; its whole tree is stopped; the whole run ends with 1.',
  ),
  flap_detection: key(
    flapDetectionReader(),
    "pmon3's: who dies again after so many restarts rests for a while. Without it, the settings of the daemon say.",
  ),
  restart_budget: key(
    budgetReader(),
    'How often it and what hangs from it may be restarted; beyond that its parent is, or all of it fails.',
  ),
  success_exit_codes: key(oneOrMore(whole({ min: 0, max: 255 })), 'Exit codes that count as success; 0 if not said.'),
  stop_signal: key(signal(), 'SIGTERM if not said.'),
  stop_timeout: key(duration(), 'What is left after so long is killed; 10s if not said.'),
  kill_mode: key(oneOf('group', 'mixed', 'process'), 'Whom the stop signal and SIGKILL go to; `group` if not said.'),
  oneshot: key(flag(), 'It is expected to end.'),
  autostart: key(
    flag(),
    'Whether it starts with the tree. No for what a schedule, a signal or a prerun calls for, else yes.',
  ),
  prerun: key(references(), 'Oneshots that run to their end, one after the other, before each start.'),
  schedule: key(scheduleReader(), 'Run it every so often: a period, or a cron expression. Makes it a oneshot.'),
  on_signal: key(
    signal(callable),
    'Run it when coppice gets this signal, instead of what the signal does otherwise. Makes it a oneshot.',
  ),
  shutdown: key(flag(), 'When called for: first stop everything, run it, then start everything again.'),
  terminate: key(flag(), 'When called for: stop everything afterwards and end.'),
  significant: key(flag(), 'Its end ends the whole run, with its exit code.'),
  log: key(orBlank(sink()), 'Where stdout and stderr both go: a file, STDOUT, STDERR or SUPPRESS.'),
  log_dir: key(orBlank(path()), 'Without `log`: the log is the file NAME.log in this directory.'),
  stdout: key(orBlank(sink()), 'Where its stdout goes, if not where `log` says.'),
  stderr: key(orBlank(sink()), 'Where its stderr goes, if not where `log` says.'),
  log_timestamps: key(flag(), 'Put the time before each line.'),
  log_format: key(oneOf('raw', 'json'), '`raw` if not said.'),
  log_max_size: key(size(), 'Rotate the log when it is larger.'),
  log_max_age: key(duration({ longerThanZero: true }), 'Rotate the log when it is older.'),
  log_keep: key(whole({ min: 0, max: 1_000_000 }), 'How many rotated logs to keep.'),
  groups: key(oneOrMore(text('the name of a group')), 'Groups of processes that it belongs to.'),
  hooks: key(hooksReader(), 'What is run, or told, when something happens to it: commands and URLs by event.'),
  instances: key(
    whole({ min: 1, max: 1000 }),
    'Run so many: NAME-1 to NAME-N, each with its number in COPPICE_INSTANCE. NAME means all of them.',
  ),
}

export type ProcessValues = Values<typeof processKeys>

/** The keys that pmon3 knows. A file that uses no other is read as pmon3 would. [CF5] */
export const pmon3Keys: ReadonlySet<string> = new Set<keyof typeof processKeys>([
  'name',
  'file',
  'args',
  'env_vars',
  'user',
  'log',
  'log_dir',
  'no_auto_restart',
  'dependencies',
  'groups',
])

/** Keys that cannot both be meant. [CD18] */
export const rivals: readonly (readonly [keyof typeof processKeys, keyof typeof processKeys])[] = [
  ['command', 'file'],
  ['restart', 'no_auto_restart'],
]

const logs: readonly (keyof typeof processKeys)[] = ['log', 'log_dir', 'stdout', 'stderr']

/** What a key of a process drives out of `defaults`, besides itself. [CD10] */
export const drivesOut: ReadonlyMap<string, readonly (keyof typeof processKeys)[]> = new Map([
  ...rivals.flatMap(([one, other]) => [[one, [other]] as const, [other, [one]] as const]),
  ['log', logs],
  ['log_dir', logs],
])
