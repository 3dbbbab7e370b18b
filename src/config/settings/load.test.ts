import { describe, expect, test } from 'bun:test'

import { dedent } from '../../../test/support/config.ts'
import type { DaemonSettings, Effective } from '../daemon-settings.ts'
import { parseYaml } from '../parse-yaml.ts'
import { formatProblem } from '../problem.ts'
import { commentedConfig } from './commented.ts'
import { configFileCandidates, pmon3Config } from './find.ts'
import { settingKeys } from './keys.ts'
import { loadSettings, type LoadedSettings, type SettingsSource } from './load.ts'

const system = {
  home: null,
  config: '/etc/coppice/config.yml',
  state: '/var/lib/coppice',
  logs: '/var/log/coppice',
}
const own = { home: '/h', config: '/h/config.yml', state: '/h/state', logs: '/h/logs' }

type Given = Partial<SettingsSource>

async function load(text: string | null, given: Given = {}): Promise<LoadedSettings> {
  const path = text === null ? null : '/etc/coppice/config.yml'
  return loadSettings({ path, text: text === null ? null : dedent(text), env: {}, places: system, uid: 0, ...given })
}

async function settingsIn(text: string | null, given: Given = {}): Promise<DaemonSettings> {
  const loaded = await load(text, given)
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
  return loaded.settings
}

async function toldIn(text: string | null, given: Given = {}): Promise<string[]> {
  const loaded = await load(text, given)
  return (loaded.ok ? loaded.warnings : loaded.problems).map(formatProblem)
}

async function effectiveIn(text: string | null, given: Given = {}): Promise<ReadonlyMap<string, Effective>> {
  const loaded = await load(text, given)
  return new Map(loaded.ok ? loaded.effective.map((one) => [one.key, one]) : [])
}

const defaults: DaemonSettings = {
  logLevel: 'info',
  handleInterrupts: true,
  disableReloads: false,
  processMonitorInterval: 500,
  initializationPeriod: 30_000,
  processConfigFile: null,
  dependentProcessEnqueued: null,
  logs: { directory: '/var/log/coppice', user: null, group: null, directoryMode: 0o755, fileMode: 0o640 },
  data: { directory: '/var/lib/coppice', user: null, group: null, directoryMode: 0o700, fileMode: 0o600 },
  pmon3Data: '/var/lib/coppice',
  socket: { user: null, group: null, fileMode: 0o660 },
  hooks: { processRestart: null, processFailure: null, processBackoff: null, ofAll: [] },
  flapDetection: { isEnabled: false, restarted: 5, countdown: 120, decrement: 60 },
}

/** Other values than the defaults, for every key. */
const changed: DaemonSettings = {
  logLevel: 'debug',
  handleInterrupts: false,
  disableReloads: true,
  processMonitorInterval: 250,
  initializationPeriod: 10_000,
  processConfigFile: '/srv/p.json',
  dependentProcessEnqueued: 2000,
  logs: { directory: '/srv/logs', user: 'www', group: 'adm', directoryMode: 0o750, fileMode: 0o600 },
  data: { directory: '/srv/data', user: 'root', group: '5', directoryMode: 0o711, fileMode: 0o644 },
  pmon3Data: '/srv/data',
  socket: { user: 'me', group: 'ops', fileMode: 0o666 },
  hooks: { processRestart: '/bin/r', processFailure: '/bin/f --x', processBackoff: '/bin/b', ofAll: [] },
  flapDetection: { isEnabled: true, restarted: 3, countdown: 40, decrement: 0 },
}

const nested = `
  log_level: debug
  handle_interrupts: false
  disable_reloads: true
  process_monitor_interval: 250
  initialization_period: 10
  process_config_file: /srv/p.json
  wait:
    cmd_exec_response: 100
    ipc_connection: 5
    dependent_process_enqueued: 2000
  logs: {directory: /srv/logs/, user: www, group: adm, directory_mode: 0750, file_mode: "0600"}
  data: {directory: /srv/data, user: root, group: 5, directory_mode: "711", file_mode: 0644}
  message_queue:
    directory: {shmem: /dev/shm/, posix_mq: /dev/mqueue/}
    name_suffix: x
    user: me
    group: ops
    directory_mode: 0775
    file_mode: 0666
  event_handling: {process_restart: /bin/r, process_failure: "/bin/f --x", process_backoff: /bin/b}
  flap_detection: {is_enabled: true, threshold_restarted: 3, threshold_countdown: 40, threshold_decrement: 0}
`

describe('what a file says', () => {
  test('[CS1] nothing: the defaults, in our own places', async () => {
    for (const text of [null, '', '# only a comment\n', '{}\n', 'logs:\n']) {
      expect([await settingsIn(text), await toldIn(text)]).toEqual([defaults, []])
    }
    const { logs, data, pmon3Data } = await settingsIn(null, { places: own })
    expect([logs.directory, data.directory, pmon3Data]).toEqual(['/h/logs', '/h/state', '/h/state'])
  })

  test('[CS1] the present keys', async () => {
    expect([await settingsIn(nested), await toldIn(nested)]).toEqual([changed, []])
  })

  test('[CS1] the flat keys of pmon3 up to 1.17', async () => {
    const text = `
      log_level: debug
      handle_interrupts: false
      process_monitor_interval: 250
      initialization_period: 10
      apps_config_file: /srv/p.json
      cmd_exec_response_wait: 100
      ipc_connection_wait: 5
      dependent_process_enqueued_wait: 2000
      logs_dir: /srv/logs
      data_dir: /srv/data
      shmem_dir: /dev/shm/
      posix_mq_dir: /dev/mqueue/
      mq_suffix: x
      mq_user: me
      mq_group: ops
      on_process_restart_exec: /bin/r
      on_process_failure_exec: "/bin/f --x"
      flap_detection_enabled: true
      flap_detection_threshold_restarted: 3
      flap_detection_threshold_countdown: 40
      flap_detection_threshold_decrement: 0
    `
    expect(await toldIn(text)).toEqual([])
    expect(await settingsIn(text)).toEqual({
      ...changed,
      disableReloads: false,
      logs: { ...defaults.logs, directory: '/srv/logs' },
      data: { ...defaults.data, directory: '/srv/data' },
      socket: { ...changed.socket, fileMode: 0o660 },
      hooks: { ...changed.hooks, processBackoff: null, ofAll: [] },
    })
  })

  test('[CS1] TOML and JSON, there in any case', async () => {
    const toml =
      'LogLevel = "debug"\n[logs]\nDirectory = "/l"\nfile_mode = "0600"\n[Wait]\nDependentProcessEnqueued = 7\n'
    const json =
      '{"LOG_LEVEL": "debug", "logs": {"directory": "/l", "file_mode": "0600"}, "Wait": {"dependent_process_enqueued": 7}}'
    const wanted = {
      ...defaults,
      logLevel: 'debug' as const,
      dependentProcessEnqueued: 7,
      logs: { ...defaults.logs, directory: '/l', fileMode: 0o600 },
    }
    expect(await settingsIn(toml, { path: '/c.toml' })).toEqual(wanted)
    expect(await settingsIn(json, { path: '/c.json' })).toEqual(wanted)
  })

  test('[CS1] two names for one setting: the present one holds', async () => {
    const text = 'logs_dir: /old\nlogs: {directory: /new}\n'
    expect((await settingsIn(text)).logs.directory).toBe('/new')
    expect(await toldIn(text)).toEqual([
      '/etc/coppice/config.yml:2:8: warning: "logs.directory" is another name of "logs_dir", which is there too — keep one of them',
    ])
    const other = 'logs: {directory: /new}\nlogs_dir: /old\n'
    expect((await settingsIn(other)).logs.directory).toBe('/new')
  })

  test('[CS1] an empty text counts as not set', async () => {
    const text = 'process_config_file: ""\nlogs: {directory: "", user: "", file_mode: ""}\nlog_level: ""\n'
    expect([await settingsIn(text), await toldIn(text)]).toEqual([defaults, []])
  })

  test('[CS4] unknown keys are warnings, with what was perhaps meant', async () => {
    expect(await toldIn('log_levl: x\nlogs: {directroy: /x, dir: /y}\nlogs_directory: /z\nfish: 1\n')).toEqual([
      '/etc/coppice/config.yml:1:1: warning: unknown key "log_levl" — did you mean "log_level"?',
      '/etc/coppice/config.yml:2:8: warning: unknown key "logs.directroy" — did you mean "directory"?',
      '/etc/coppice/config.yml:2:23: warning: unknown key "logs.dir" — did you mean "logs_dir"?',
      '/etc/coppice/config.yml:3:1: warning: unknown key "logs_directory" — did you mean "logs.directory"?',
      '/etc/coppice/config.yml:4:1: warning: unknown key "fish"',
    ])
  })

  test('[CS7] a value of the wrong type is an error, and then nothing holds', async () => {
    const text = `
      process_monitor_interval: 500ms
      handle_interrupts: perhaps
      logs: /var/log
      data: {directory: data, user: [a]}
      wait: {cmd_exec_response: 1.5}
      log_level: {a: 1}
    `
    expect(await load(text)).toMatchObject({ ok: false })
    expect(await toldIn(text)).toEqual([
      '/etc/coppice/config.yml:1:27: "process_monitor_interval" must be a whole number, not "500ms" — write the number without a unit',
      '/etc/coppice/config.yml:2:20: "handle_interrupts" must be true or false, not "perhaps"',
      '/etc/coppice/config.yml:3:7: "logs" must be a table with directory, user, group, directory_mode, file_mode, not "/var/log"',
      '/etc/coppice/config.yml:4:19: "data.directory" must be an absolute path, not "data"',
      '/etc/coppice/config.yml:4:31: "data.user" must be a name or a number, not a list',
      '/etc/coppice/config.yml:5:27: "wait.cmd_exec_response" must be a whole number, not 1.5',
      '/etc/coppice/config.yml:6:12: "log_level" must be debug, info, warn or error, not a table',
    ])
    expect(await toldIn('- a\n')).toEqual([
      '/etc/coppice/config.yml:1:1: the file must be a table with keys such as "logs" and "data"',
    ])
    expect((await toldIn('a: b: c\n'))[0]).toStartWith('/etc/coppice/config.yml:1:')
  })

  test('[CS7] what is out of its range is a warning, with the default of pmon3', async () => {
    const text = `
      initialization_period: 4
      cmd_exec_response_wait: 10001
      ipc_connection_wait: -1
      dependent_process_enqueued_wait: 20001
      log_level: loud
      logs: {file_mode: 0888, directory_mode: rwx}
      process_monitor_interval: 0
      flap_detection: {threshold_restarted: 0}
    `
    expect(await settingsIn(text)).toEqual({
      ...defaults,
      dependentProcessEnqueued: 1000,
      logs: { ...defaults.logs, directoryMode: 0o770, fileMode: 0o660 },
    })
    expect(await toldIn(text)).toEqual([
      '/etc/coppice/config.yml:1:24: warning: initialization_period configuration value must be greater than 5 seconds — 30 holds instead of 4',
      '/etc/coppice/config.yml:2:25: warning: cmd_exec_response_wait configuration value must be between 0 and 10000 ms — 1500 holds instead of 10001',
      '/etc/coppice/config.yml:3:22: warning: ipc_connection_wait configuration value must be between 0 and 5000 ms — 200 holds instead of -1',
      '/etc/coppice/config.yml:4:34: warning: dependent_process_enqueued_wait configuration value must be between 0 and 20000 ms — 1000 holds instead of 20001',
      '/etc/coppice/config.yml:5:12: warning: "log_level" must be debug, info, warn or error — info holds instead of loud',
      '/etc/coppice/config.yml:6:19: warning: "logs.file_mode" must be octal digits such as 0660 — 0660 holds instead of 0888',
      '/etc/coppice/config.yml:6:41: warning: "logs.directory_mode" must be octal digits such as 0660 — 0770 holds instead of rwx',
      '/etc/coppice/config.yml:7:27: warning: process_monitor_interval configuration value must be between 10 and 86400000 ms — 500 holds instead of 0',
      '/etc/coppice/config.yml:8:39: warning: flap_detection_threshold_restarted configuration value must be between 1 and 1000000 — 5 holds instead of 0',
    ])
  })

  test('[CS8] modes and owners that a section does not say are those of permissions', async () => {
    const text =
      'permissions: {user: u, group: g, directory_mode: 0711, file_mode: 0611}\nlogs: {user: www, file_mode: 0600}\n'
    const { logs, data, socket } = await settingsIn(text)
    expect(logs).toEqual({
      directory: '/var/log/coppice',
      user: 'www',
      group: 'g',
      directoryMode: 0o711,
      fileMode: 0o600,
    })
    expect(data).toEqual({
      directory: '/var/lib/coppice',
      user: 'u',
      group: 'g',
      directoryMode: 0o711,
      fileMode: 0o611,
    })
    expect(socket).toEqual({ user: 'u', group: 'g', fileMode: 0o611 })
    expect((await effectiveIn(text)).get('data.group')).toMatchObject({
      value: 'g',
      origin: 'permissions.group, /etc/coppice/config.yml:1',
    })
  })

  test('[CS3] the file beside it wins', async () => {
    const beside = new Map([
      ['/etc/coppice/config.development.yml', 'log_level: debug\nlogs_dir: /dev-logs\nnope: 1\n'],
      ['/etc/coppice/config.test.yml', 'log_level: error\n'],
    ])
    const readFile = (path: string) => {
      const value = beside.get(path)
      return value === undefined
        ? { ok: false as const, failure: { code: 'ENOENT', message: 'none' } }
        : { ok: true as const, value }
    }
    const text = 'log_level: warn\nlogs: {directory: /logs, user: www}\n'
    expect(await settingsIn(text, { readFile })).toMatchObject({
      logLevel: 'debug',
      logs: { directory: '/dev-logs', user: 'www' },
    })
    expect(await toldIn(text, { readFile })).toEqual([
      '/etc/coppice/config.development.yml:3:1: warning: unknown key "nope"',
    ])
    expect(await settingsIn(text, { readFile, env: { CONFIGOR_ENV: 'test' } })).toMatchObject({
      logLevel: 'error',
      logs: { directory: '/logs' },
    })
    expect((await effectiveIn(text, { readFile })).get('log_level')?.origin).toBe(
      '/etc/coppice/config.development.yml:1',
    )
  })
})

describe('what the environment says', () => {
  const present = {
    CONFIGOR_LOGLEVEL: 'debug',
    CONFIGOR_HANDLEINTERRUPTS: 'False',
    CONFIGOR_DISABLERELOADS: 'yes',
    CONFIGOR_PROCESSMONITORINTERVAL: '250',
    CONFIGOR_INITIALIZATIONPERIOD: '10',
    CONFIGOR_PROCESSCONFIGFILE: '/srv/p.json',
    CONFIGOR_WAIT_CMDEXECRESPONSE: '100',
    CONFIGOR_WAIT_IPCCONNECTION: '5',
    CONFIGOR_WAIT_DEPENDENTPROCESSENQUEUED: '2000',
    Configor_Logs_Directory: '/srv/logs',
    CONFIGOR_LOGS_USER: 'www',
    CONFIGOR_LOGS_GROUP: 'adm',
    CONFIGOR_LOGS_DIRECTORYMODE: '0750',
    CONFIGOR_LOGS_FILEMODE: '600',
    CONFIGOR_DATA_DIRECTORY: '/srv/data',
    CONFIGOR_DATA_USER: 'root',
    CONFIGOR_DATA_GROUP: '5',
    CONFIGOR_DATA_DIRECTORYMODE: '0711',
    CONFIGOR_DATA_FILEMODE: '0644',
    CONFIGOR_MESSAGEQUEUE_DIRECTORY_SHMEM: '/x',
    CONFIGOR_MESSAGEQUEUE_DIRECTORY_POSIXMQ: '/y',
    CONFIGOR_MESSAGEQUEUE_NAMESUFFIX: 'z',
    CONFIGOR_MESSAGEQUEUE_USER: 'me',
    CONFIGOR_MESSAGEQUEUE_GROUP: 'ops',
    CONFIGOR_MESSAGEQUEUE_DIRECTORYMODE: '0775',
    CONFIGOR_MESSAGEQUEUE_FILEMODE: '0666',
    CONFIGOR_EVENTHANDLER_PROCESSRESTART: '/bin/r',
    CONFIGOR_EVENTHANDLER_PROCESSFAILURE: '/bin/f --x',
    CONFIGOR_EVENTHANDLER_PROCESSBACKOFF: '/bin/b',
    CONFIGOR_FLAPDETECTION_ISENABLED: '1',
    CONFIGOR_FLAPDETECTION_THRESHOLDRESTARTED: '3',
    CONFIGOR_FLAPDETECTION_THRESHOLDCOUNTDOWN: '40',
    CONFIGOR_FLAPDETECTION_THRESHOLDDECREMENT: '0',
  }

  test('[CS5] [CS6] wins over the file, in any case', async () => {
    const text = 'log_level: error\nlogs_dir: /file\n'
    expect([await settingsIn(text, { env: present }), await toldIn(text, { env: present })]).toEqual([changed, []])
    expect((await effectiveIn(text, { env: present })).get('logs.directory')).toMatchObject({
      value: '/srv/logs',
      origin: 'environment Configor_Logs_Directory',
    })
  })

  test('[CS5] under its older names', async () => {
    const env = {
      CONFIGOR_LOGLEVEL: 'debug',
      CONFIGOR_HANDLEINTERRUPTS: 'f',
      CONFIGOR_PROCESSMONITORINTERVAL: '250',
      CONFIGOR_INITIALIZATIONPERIOD: '10',
      CONFIGOR_PROCESSCONFIGFILE: '/srv/p.json',
      CONFIGOR_CMDEXECRESPONSEWAIT: '100',
      CONFIGOR_IPCCONNECTIONWAIT: '5',
      CONFIGOR_DEPENDENTPROCESSENQUEUEDWAIT: '2000',
      CONFIGOR_LOGSDIR: '/srv/logs',
      CONFIGOR_DATADIR: '/srv/data',
      CONFIGOR_SHMEMDIR: '/x',
      CONFIGOR_POSIXMESSAGEQUEUEDIR: '/y',
      CONFIGOR_MESSAGEQUEUESUFFIX: 'z',
      CONFIGOR_MESSAGEQUEUEUSER: 'me',
      CONFIGOR_MESSAGEQUEUEGROUP: 'ops',
      CONFIGOR_ONPROCESSRESTARTEXEC: '/bin/r',
      CONFIGOR_ONPROCESSFAILUREEXEC: '/bin/f --x',
      CONFIGOR_FLAPDETECTIONENABLED: 'T',
      CONFIGOR_FLAPDETECTIONTHRESHOLDRESTARTED: '3',
      CONFIGOR_FLAPDETECTIONTHRESHOLDCOUNTDOWN: '40',
      CONFIGOR_FLAPDETECTIONTHRESHOLDDECREMENT: '0',
    }
    expect(await toldIn(null, { env })).toEqual([])
    expect(await settingsIn(null, { env })).toEqual({
      ...changed,
      disableReloads: false,
      logs: { ...defaults.logs, directory: '/srv/logs' },
      data: { ...defaults.data, directory: '/srv/data' },
      socket: { ...changed.socket, fileMode: 0o660 },
      hooks: { ...changed.hooks, processBackoff: null, ofAll: [] },
    })
  })

  test('[CS5] one that is set to nothing is not set', async () => {
    expect(await settingsIn('log_level: warn\n', { env: { CONFIGOR_LOGLEVEL: '', PMON3_DEBUG: '' } })).toMatchObject({
      logLevel: 'warn',
    })
  })

  test.each([
    ['true', 'debug'],
    ['debug', 'debug'],
    ['warn', 'warn'],
    ['error', 'error'],
  ] as const)('[CS5] PMON3_DEBUG=%s', async (value, level) => {
    const env = { PMON3_DEBUG: value, CONFIGOR_LOGLEVEL: 'info' }
    expect((await settingsIn('log_level: info\n', { env })).logLevel).toBe(level)
  })

  test('[CS5] PMON3_PROCESS_CONF holds where nothing else names a process file', async () => {
    const env = { PMON3_PROCESS_CONF: '/p.json' }
    expect((await settingsIn(null, { env })).processConfigFile).toBe('/p.json')
    expect((await effectiveIn(null, { env })).get('process_config_file')?.origin).toBe('environment PMON3_PROCESS_CONF')
    expect((await settingsIn('process_config_file: /q.json\n', { env })).processConfigFile).toBe('/q.json')
    expect((await settingsIn(null, { env: { ...env, CONFIGOR_PROCESSCONFIGFILE: '/e' } })).processConfigFile).toBe('/e')
  })

  test('[CS7] a bad value is told under the name of the variable', async () => {
    const env = { CONFIGOR_PROCESSMONITORINTERVAL: 'often', CONFIGOR_LOGSDIR: 'logs' }
    expect(await load(null, { env })).toMatchObject({ ok: false })
    expect(await toldIn(null, { env })).toEqual([
      'CONFIGOR_PROCESSMONITORINTERVAL: "process_monitor_interval" must be a whole number, not "often"',
      'CONFIGOR_LOGSDIR: "logs.directory" must be an absolute path, not "logs"',
    ])
  })

  test('[CS4] what looks like a slip is told; what belongs to others is not', async () => {
    const env = {
      CONFIGOR_LOGSDIRECTORY: '/x',
      CONFIGOR_DATABASE_URL: 'x',
      CONFIGOR_ENV: 'x',
      CONFIGOR_PROCESSES_0_NAME: 'x',
    }
    expect(await toldIn(null, { env })).toEqual([
      'CONFIGOR_LOGSDIRECTORY: warning: sets nothing — did you mean "LOGS_DIRECTORY" after CONFIGOR_?',
    ])
  })
})

describe('which file', () => {
  test('[CS2] the one that is named, else ours, else pmon3s for the system', () => {
    expect(configFileCandidates({}, system)).toEqual(['/etc/coppice/config.yml', '/etc/pmon3/config/config.yml'])
    expect(configFileCandidates({}, own)).toEqual(['/h/config.yml'])
    expect(configFileCandidates({}, { ...own, home: null })).toEqual(['/h/config.yml'])
    expect(configFileCandidates({ PMON3_CONF: '/p.yml' }, own)).toEqual(['/p.yml'])
    expect(configFileCandidates({ PMON3_CONF: '/p.yml', COPPICE_CONF: '/c.yml' }, own)).toEqual(['/c.yml'])
    expect(configFileCandidates({ COPPICE_CONF: '' }, own)).toEqual(['/h/config.yml'])
  })

  test('[CS2] one that is named and not there is told', async () => {
    expect(await toldIn(null, { env: { COPPICE_CONF: '/c.yml' } })).toEqual([
      'COPPICE_CONF: warning: there is no file /c.yml, and the defaults hold',
    ])
  })

  test('[CS10] with the config of pmon3, what it does not say of logs and processes is as there', async () => {
    const theirs = {
      processConfigFile: '/etc/pmon3/config/process.config.json',
      logs: { directory: '/var/log/pmond', directoryMode: 0o775, fileMode: 0o660 },
      data: { directory: '/var/lib/coppice', directoryMode: 0o700 },
      pmon3Data: '/etc/pmon3/data',
      socket: { fileMode: 0o660 },
    }
    expect(await settingsIn('log_level: info\n', { path: pmon3Config })).toMatchObject(theirs)
    const named = { path: '/p.yml', env: { PMON3_CONF: '/p.yml' } }
    expect(await settingsIn('', named)).toMatchObject(theirs)
    expect(
      await settingsIn('data_dir: /srv/d\nlogs_dir: /srv/l\nprocess_config_file: /srv/p.json\n', named),
    ).toMatchObject({
      processConfigFile: '/srv/p.json',
      logs: { directory: '/srv/l' },
      data: { directory: '/srv/d' },
      pmon3Data: '/srv/d',
    })
  })

  test('[CS10] but not for a user, nor in a COPPICE_HOME', async () => {
    const named = { path: '/p.yml', env: { PMON3_CONF: '/p.yml' } }
    const ours = { processConfigFile: null, logs: { directory: '/h/logs' }, pmon3Data: '/h/state' }
    expect(await settingsIn('', { ...named, places: own })).toMatchObject(ours)
    expect(await settingsIn('', { ...named, places: { ...own, home: null }, uid: 1000 })).toMatchObject(ours)
    expect(await settingsIn('', { ...named, uid: 1000 })).toMatchObject({ logs: { directory: '/var/log/coppice' } })
    const given = await settingsIn('data_dir: /d\nlogs_dir: /l\n', { ...named, places: own })
    expect([given.data.directory, given.logs.directory]).toEqual(['/d', '/l'])
  })
})

describe('what is shown', () => {
  test('[CS9] every setting with its value, where it comes from, and what there is to know', async () => {
    const text = 'logs:\n  directory: /l\n  file_mode: 0600\nshmem_dir: /x\n'
    const effective = await effectiveIn(text, { env: { CONFIGOR_LOGLEVEL: 'warn' } })
    expect([...effective.keys()]).toEqual(Object.keys(settingKeys))
    expect(effective.get('logs.directory')).toEqual({
      key: 'logs.directory',
      value: '/l',
      origin: '/etc/coppice/config.yml:2',
      note: null,
    })
    expect(effective.get('logs.file_mode')?.value).toBe('0600')
    expect(effective.get('logs.user')).toMatchObject({ value: '', origin: 'default' })
    expect(effective.get('log_level')?.origin).toBe('environment CONFIGOR_LOGLEVEL')
    expect(effective.get('handle_interrupts')?.value).toBe(true)
  })

  test('[CS12] what is of no use here is accepted, and explained', async () => {
    const effective = await effectiveIn(nested)
    const idle = [
      'message_queue.directory.shmem',
      'message_queue.directory.posix_mq',
      'message_queue.name_suffix',
      'wait.ipc_connection',
      'wait.cmd_exec_response',
      'initialization_period',
    ]
    for (const key of idle) expect(effective.get(key)?.note).toStartWith('Accepted and not needed: ')
    expect(effective.get('message_queue.name_suffix')?.value).toBe('x')
    expect(effective.get('data.directory')?.note).toBe('Takes a restart of the daemon.')
  })
})

describe('the commented config', () => {
  test('[CS11] says nothing as it is', async () => {
    expect([await settingsIn(commentedConfig()), await toldIn(commentedConfig())]).toEqual([defaults, []])
  })

  test('[CS11] has every key with its default, once the # is gone', async () => {
    const text = commentedConfig().replace(/^#(?=(?: {2})*\w)/gm, '')
    expect(parseYaml(text)).toMatchObject({ ok: true })
    expect([await settingsIn(text), await toldIn(text)]).toEqual([defaults, []])
    const said = [...(await effectiveIn(text)).values()].filter(({ origin }) => origin !== 'default')
    const empty = [...(await effectiveIn(null)).values()].filter(({ value }) => value === '')
    expect(said.length + empty.length).toBe(Object.keys(settingKeys).length)
    expect(said.length).toBeGreaterThan(20)
  })

  test('[CS11] has the places of who asks', () => {
    expect(commentedConfig(own)).toContain('\n#  directory: /h/logs\n')
  })
})

describe('hooks', () => {
  const hooksIn = async (text: string): Promise<DaemonSettings['hooks']> => (await settingsIn(text)).hooks

  test('[HK4] ours, of every process, by event', async () => {
    const { ofAll } = await hooksIn(`
      hooks:
        on_failure: /bin/tell --all
        on_exit: [{url: "https://h/x", secret: s, timeout: 2s}, [/bin/b, $HOME]]
        on_stop:
    `)
    expect(ofAll).toEqual([
      { on: 'exit', action: { tag: 'post', url: 'https://h/x', secret: 's' }, timeout: 2000 },
      { on: 'exit', action: { tag: 'command', command: ['/bin/b', '$HOME'] }, timeout: 30_000 },
      { on: 'failure', action: { tag: 'command', command: ['/bin/tell', '--all'] }, timeout: 30_000 },
    ])
  })

  test('[HK4] [CS9] what is shown of them has no secret', async () => {
    const shown = await effectiveIn('hooks: {on_exit: [{url: "https://h/x", secret: hush}, "a b"]}')
    expect(shown.get('hooks.on_exit')).toMatchObject({ value: 'https://h/x, a b', origin: '/etc/coppice/config.yml:1' })
  })

  test('[HK3] what is wrong with them is told like all else', async () => {
    expect(await toldIn('hooks: {on_exit: {timeout: 5s}}')).toEqual([
      '/etc/coppice/config.yml:1:18: the hook does nothing — give it a "command" or a "url"',
    ])
    expect(await toldIn('hooks: {on_exits: a}')).toEqual([
      '/etc/coppice/config.yml:1:9: warning: unknown key "hooks.on_exits" — did you mean "on_exit"?',
    ])
  })

  test('[HK4] [CS5] the environment has them too', async () => {
    const { hooks } = await settingsIn(null, { env: { CONFIGOR_HOOKS_ONSTART: '/bin/s' } })
    expect(hooks.ofAll).toEqual([{ on: 'start', action: { tag: 'command', command: ['/bin/s'] }, timeout: 30_000 }])
  })

  test('[HK5] what cannot be split is a warning, and is not run', async () => {
    const text = `event_handling: {process_restart: "a 'b", process_failure: "a | b", process_backoff: "X=1 a"}`
    expect(await hooksIn(text)).toMatchObject({
      processRestart: null,
      processFailure: 'a | b',
      processBackoff: 'X=1 a',
    })
    expect(await toldIn(text)).toEqual([
      '/etc/coppice/config.yml:1:35: warning: "event_handling.process_restart" must be a command (a \' is never closed) — nothing is run for it',
      '/etc/coppice/config.yml:1:60: warning: "event_handling.process_failure" is run without a shell, which "|" is for — have one run it: bash -c \'… "$1" …\' hook',
    ])
  })
})
