import type { LogLevel } from '../../core/spec.ts'
import { count, idle, level, onOff, optionalCount, optionalPermissions, optionalPlace, owner, place } from './kinds.ts'
import {
  access,
  bare,
  hook,
  mostMillis,
  ownHook,
  restart,
  setting,
  threshold,
  transport,
  type Around,
  type SettingKey,
} from './setting.ts'

const logs = access('LOGS', { directory: 0o755, file: 0o640 })
const data = access('DATA', { directory: 0o700, file: 0o600 })
const queue = access('MESSAGEQUEUE', { directory: 0o755, file: 0o660 })

/** Every key of `config.yml` in the order of the commented one (pmon3 3.1). [CS1] */
export const settingKeys = {
  log_level: setting<LogLevel>(level, {
    flat: [],
    variables: ['LOGLEVEL'],
    doc: "What is worth a line in the daemon's own log: debug, info, warn, error. `PMON3_DEBUG` wins.",
    standard: () => 'info',
  }),
  handle_interrupts: setting(onOff, {
    flat: [],
    variables: ['HANDLEINTERRUPTS'],
    doc: 'Whether ending the daemon ends its processes. If not, the next daemon takes them back.',
    standard: () => true,
  }),
  disable_reloads: setting(onOff, {
    flat: [],
    variables: ['DISABLERELOADS'],
    doc: 'Read this file and the process file only at the start and on SIGHUP, not before a command when they have changed.',
    standard: () => false,
  }),
  process_monitor_interval: setting(
    count({
      min: 10,
      max: mostMillis,
      fallback: 500,
      message: 'process_monitor_interval configuration value must be between 10 and 86400000 ms',
    }),
    {
      flat: [],
      variables: ['PROCESSMONITORINTERVAL'],
      doc: 'Milliseconds: how often resource figures are read, and the unit of the thresholds of flap detection.',
      standard: () => 500,
      note: 'The death of a process is seen at once, whatever this says.',
    },
  ),
  initialization_period: setting(
    count({
      min: 5,
      max: 86_400,
      fallback: 30,
      message: 'initialization_period configuration value must be greater than 5 seconds',
    }),
    {
      flat: [],
      variables: ['INITIALIZATIONPERIOD'],
      doc: 'Seconds.',
      standard: () => 30,
      note: 'Accepted and not needed: there is no time after the start in which processes are not watched.',
    },
  ),
  process_config_file: setting<string | null>(optionalPlace, {
    flat: ['apps_config_file'],
    variables: ['PROCESSCONFIGFILE', 'APPSCONFIGFILE'],
    doc: 'The process file: absolute. Else what PMON3_PROCESS_CONF names.',
    standard: ({ isPmon3 }) => (isPmon3 ? '/etc/pmon3/config/process.config.json' : null),
  }),
  'wait.cmd_exec_response': setting(
    count({
      min: 0,
      max: 10_000,
      fallback: 1500,
      message: 'cmd_exec_response_wait configuration value must be between 0 and 10000 ms',
    }),
    {
      flat: ['cmd_exec_response_wait'],
      variables: ['WAIT_CMDEXECRESPONSE', 'CMDEXECRESPONSEWAIT'],
      doc: 'Milliseconds.',
      standard: () => 1500,
      note: 'Accepted and not needed: a command returns when it has come true (--wait, --no-wait, --timeout).',
    },
  ),
  'wait.ipc_connection': setting(
    count({
      min: 0,
      max: 5000,
      fallback: 200,
      message: 'ipc_connection_wait configuration value must be between 0 and 5000 ms',
    }),
    {
      flat: ['ipc_connection_wait'],
      variables: ['WAIT_IPCCONNECTION', 'IPCCONNECTIONWAIT'],
      doc: 'Milliseconds.',
      standard: () => 0,
      note: transport,
    },
  ),
  'wait.dependent_process_enqueued': setting<number | null>(
    optionalCount({
      min: 0,
      max: 20_000,
      fallback: 1000,
      message: 'dependent_process_enqueued_wait configuration value must be between 0 and 20000 ms',
    }),
    {
      flat: ['dependent_process_enqueued_wait'],
      variables: ['WAIT_DEPENDENTPROCESSENQUEUED', 'DEPENDENTPROCESSENQUEUEDWAIT'],
      doc: 'Milliseconds that a dependency without a readiness check must have lived before its dependents start. Only if it is set.',
      standard: () => null,
    },
  ),
  'permissions.user': setting(owner, {
    ...bare('PERMISSIONS_USER', 'The user of all sections that name none.'),
    standard: () => null,
  }),
  'permissions.group': setting(owner, {
    ...bare('PERMISSIONS_GROUP', 'The group of all sections that name none.'),
    standard: () => null,
  }),
  'permissions.directory_mode': setting<number | null>(optionalPermissions(0o770), {
    ...bare('PERMISSIONS_DIRECTORYMODE', 'Octal; of all sections that say none. Only if it is set.'),
    standard: () => null,
  }),
  'permissions.file_mode': setting<number | null>(optionalPermissions(0o660), {
    ...bare('PERMISSIONS_FILEMODE', 'Octal; of all sections that say none. Only if it is set.'),
    standard: () => null,
  }),
  'logs.directory': setting(place, {
    flat: ['logs_dir'],
    variables: ['LOGS_DIRECTORY', 'LOGSDIR'],
    doc: 'Where the logs of processes go that name none: NAME.log.',
    standard: ({ isPmon3, places }) => (isPmon3 ? '/var/log/pmond' : places.logs),
  }),
  'logs.user': logs.user,
  'logs.group': logs.group,
  'logs.directory_mode': { ...logs.directory_mode, standard: ({ isPmon3 }: Around) => (isPmon3 ? 0o775 : 0o755) },
  'logs.file_mode': { ...logs.file_mode, standard: ({ isPmon3 }: Around) => (isPmon3 ? 0o660 : 0o640) },
  'data.directory': setting(place, {
    flat: ['data_dir'],
    variables: ['DATA_DIRECTORY', 'DATADIR'],
    doc: "Where the database is. pmon3's data.db is taken over if it is there.",
    standard: ({ places }) => places.state,
    note: restart,
  }),
  'data.user': { ...data.user, note: restart },
  'data.group': { ...data.group, note: restart },
  'data.directory_mode': { ...data.directory_mode, note: restart },
  'data.file_mode': { ...data.file_mode, note: restart },
  'message_queue.directory.shmem': setting<string | null>(idle, {
    flat: ['shmem_dir'],
    variables: ['MESSAGEQUEUE_DIRECTORY_SHMEM', 'SHMEMDIR'],
    doc: 'A directory.',
    standard: () => '/dev/shm/',
    note: transport,
  }),
  'message_queue.directory.posix_mq': setting<string | null>(idle, {
    flat: ['posix_mq_dir'],
    variables: ['MESSAGEQUEUE_DIRECTORY_POSIXMQ', 'POSIXMESSAGEQUEUEDIR'],
    doc: 'A directory.',
    standard: () => '/dev/mqueue/',
    note: transport,
  }),
  'message_queue.name_suffix': setting<string | null>(idle, {
    flat: ['mq_suffix'],
    variables: ['MESSAGEQUEUE_NAMESUFFIX', 'MESSAGEQUEUESUFFIX'],
    doc: 'A text.',
    standard: () => null,
    note: `${transport} Several daemons on one host have a COPPICE_HOME each.`,
  }),
  'message_queue.user': {
    ...queue.user,
    flat: ['mq_user'],
    variables: ['MESSAGEQUEUE_USER', 'MESSAGEQUEUEUSER'],
    doc: 'Who owns the control socket: a name or a number. Else `permissions.user`.',
    note: restart,
  },
  'message_queue.group': {
    ...queue.group,
    flat: ['mq_group'],
    variables: ['MESSAGEQUEUE_GROUP', 'MESSAGEQUEUEGROUP'],
    doc: 'The group whose members may command the daemon; else `permissions.group`.',
    note: restart,
  },
  'message_queue.directory_mode': { ...queue.directory_mode, note: transport },
  'message_queue.file_mode': {
    ...queue.file_mode,
    doc: 'Octal: who may write to the control socket may command the daemon. Else `permissions.file_mode`.',
    note: restart,
  },
  'event_handling.process_restart': hook(
    'on_process_restart_exec',
    'PROCESSRESTART',
    'ONPROCESSRESTARTEXEC',
    'before each restart of a process that ended',
  ),
  'event_handling.process_failure': hook(
    'on_process_failure_exec',
    'PROCESSFAILURE',
    'ONPROCESSFAILUREEXEC',
    'when a process that is not restarted has ended',
  ),
  'event_handling.process_backoff': hook(
    'on_process_backoff_exec',
    'PROCESSBACKOFF',
    'ONPROCESSBACKOFFEXEC',
    'when flap detection lets a process rest',
  ),
  'hooks.on_start': ownHook('start'),
  'hooks.on_ready': ownHook('ready'),
  'hooks.on_exit': ownHook('exit'),
  'hooks.on_restart': ownHook('restart'),
  'hooks.on_failure': ownHook('failure'),
  'hooks.on_backoff': ownHook('backoff'),
  'hooks.on_unhealthy': ownHook('unhealthy'),
  'hooks.on_stop': ownHook('stop'),
  'flap_detection.is_enabled': setting(onOff, {
    flat: ['flap_detection_enabled'],
    variables: ['FLAPDETECTION_ISENABLED', 'FLAPDETECTIONENABLED'],
    doc: 'Whether processes that die again and again are left to rest, as in pmon3.',
    standard: () => false,
  }),
  'flap_detection.threshold_restarted': threshold('restarted', 5, 'So many restarts …'),
  'flap_detection.threshold_countdown': threshold('countdown', 120, '… begin a rest of so many intervals.'),
  'flap_detection.threshold_decrement': threshold(
    'decrement',
    60,
    'During it, one restart is forgiven after so many intervals. 0: none.',
  ),
}

export type SettingKeys = typeof settingKeys

/** What the settings of the table are, once read. */
export type SettingValues = {
  readonly [N in keyof SettingKeys]: SettingKeys[N] extends SettingKey<infer T> ? T : never
}
