// pmon3's page, 3: the configuration, as the older flat keys and the newer nested ones say it.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import type { ConfigView } from '../../../src/wire/declare.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { fileOf, sleepers } from './stage.ts'

/** What `config` shows, by its keys. */
async function settingsOf(daemon: Daemon): Promise<Map<string, { value: unknown; origin: string }>> {
  const { settings } = await daemon.json<ConfigView>('config')
  return new Map(settings.map((one) => [one.key, one]))
}

const flat = `log_level: debug
handle_interrupts: false
process_monitor_interval: 250
initialization_period: 10
cmd_exec_response_wait: 2000
ipc_connection_wait: 5
dependent_process_enqueued_wait: 0
shmem_dir: /dev/shm/x/
posix_mq_dir: /dev/mqueue/x/
mq_suffix: two
mq_user: root
mq_group: root
on_process_restart_exec: echo restart
on_process_failure_exec: echo failure
flap_detection_enabled: true
flap_detection_threshold_restarted: 3
flap_detection_threshold_countdown: 40
flap_detection_threshold_decrement: 12
`

const nested = `log_level: debug
handle_interrupts: false
process_monitor_interval: 250
initialization_period: 10
wait:
  cmd_exec_response: 2000
  ipc_connection: 5
  dependent_process_enqueued: 0
message_queue:
  directory:
    shmem: /dev/shm/x/
    posix_mq: /dev/mqueue/x/
  name_suffix: two
  user: root
  group: root
event_handling:
  process_restart: echo restart
  process_failure: echo failure
flap_detection:
  is_enabled: true
  threshold_restarted: 3
  threshold_countdown: 40
  threshold_decrement: 12
`

const meant: Readonly<Record<string, unknown>> = {
  log_level: 'debug',
  handle_interrupts: false,
  process_monitor_interval: 250,
  initialization_period: 10,
  'wait.cmd_exec_response': 2000,
  'wait.ipc_connection': 5,
  'wait.dependent_process_enqueued': 0,
  'message_queue.directory.shmem': '/dev/shm/x/',
  'message_queue.directory.posix_mq': '/dev/mqueue/x/',
  'message_queue.name_suffix': 'two',
  'message_queue.user': 'root',
  'message_queue.group': 'root',
  'event_handling.process_restart': 'echo restart',
  'event_handling.process_failure': 'echo failure',
  'flap_detection.is_enabled': true,
  'flap_detection.threshold_restarted': 3,
  'flap_detection.threshold_countdown': 40,
  'flap_detection.threshold_decrement': 12,
}

for (const [style, text] of [
  ['flat', flat],
  ['nested', nested],
] as const) {
  test(`[CS1] [CS9] [CS12] the ${style} keys of pmon3 are all understood, and none is complained of`, async () => {
    const dirs = (dir: string): string =>
      style === 'flat'
        ? `logs_dir: ${dir}/l\ndata_dir: ${dir}/d\n`
        : `logs: {directory: ${dir}/l}\ndata: {directory: ${dir}/d}\n`
    await using daemon = await aDaemon({ files: (dir) => ({ 'config.yml': text + dirs(dir) }) })
    const settings = await settingsOf(daemon)
    expect(Object.fromEntries(Object.keys(meant).map((key) => [key, settings.get(key)?.value]))).toEqual(meant)
    expect(settings.get('logs.directory')?.value).toBe(join(daemon.dir, 'l'))
    expect(settings.get('data.directory')?.value).toBe(join(daemon.dir, 'd'))
    for (const [key, { origin }] of settings) if (key in meant) expect(origin).toContain('config.yml:')
    const { warnings } = await daemon.json<ConfigView>('config')
    expect(warnings).toEqual([])
    await sleepers(daemon, 'web')
    expect((await daemon.view('web')).log).toBe(join(daemon.dir, 'l/web.log'))
    await daemon.json('kill')
  })
}

test('[CS5] [CS6] environment > file > default, in both spellings of CONFIGOR and in any case', async () => {
  await using daemon = await aDaemon({
    files: { 'config.yml': 'log_level: warn\nprocess_monitor_interval: 700\n' },
    env: {
      CONFIGOR_PROCESSMONITORINTERVAL: '300',
      CONFIGOR_WAIT_CMDEXECRESPONSE: '1000',
      CONFIGOR_DEPENDENTPROCESSENQUEUEDWAIT: '10',
      Configor_FlapDetection_IsEnabled: 'yes',
      CONFIGOR_LOGSDIR: '',
    },
  })
  const settings = await settingsOf(daemon)
  expect(
    [
      'process_monitor_interval',
      'wait.cmd_exec_response',
      'wait.dependent_process_enqueued',
      'flap_detection.is_enabled',
      'log_level',
      'initialization_period',
    ].map((key) => settings.get(key)?.value),
  ).toEqual([300, 1000, 10, true, 'warn', 30])
  expect(settings.get('process_monitor_interval')?.origin).toBe('environment CONFIGOR_PROCESSMONITORINTERVAL')
  expect(settings.get('logs.directory')?.origin).toBe('default')
})

test('[CS2] [CS5] PMON3_CONF names the file, PMON3_PROCESS_CONF the process file, PMON3_DEBUG the level', async () => {
  await using first = await aDaemon({ starts: false })
  const conf = first.write('etc/config.yml', 'log_level: error\n')
  const processes = first.write('etc/processes.json', fileOf([{ name: 'web' }]))
  await using daemon = await aDaemon({ env: { PMON3_CONF: conf, PMON3_PROCESS_CONF: processes, PMON3_DEBUG: 'true' } })
  await daemon.until('web', 'running')
  const settings = await settingsOf(daemon)
  expect([settings.get('log_level')?.value, settings.get('process_config_file')?.value]).toEqual(['debug', processes])
  expect((await daemon.json<ConfigView>('config')).file).toBe(conf)
})

test('[CS3] a file for an environment lies over the other, key by key', async () => {
  await using daemon = await aDaemon({
    starts: false,
    files: { 'config.yml': 'process_monitor_interval: 700\nlog_level: warn\n' },
    env: { CONFIGOR_ENV: 'test' },
  })
  daemon.write('home/config.test.yml', 'process_monitor_interval: 800\n')
  await daemon.start()
  const settings = await settingsOf(daemon)
  expect([settings.get('process_monitor_interval')?.value, settings.get('log_level')?.value]).toEqual([800, 'warn'])
})

test('[CS4] [CS7] an unknown key and a number out of range are warnings; a wrong type is an error, and the daemon does not start', async () => {
  await using daemon = await aDaemon({
    files: { 'config.yml': 'log_dirr: /x\ndependent_process_enqueued_wait: 99999\n' },
  })
  const { warnings } = await daemon.json<ConfigView>('config')
  expect(warnings.join('\n')).toContain('log_dirr')
  expect(warnings.join('\n')).toContain('between 0 and 20000')
  daemon.signal('SIGTERM')
  await daemon.ended()
  daemon.write('config.yml', 'log_level: [a]\n')
  await daemon.start()
  expect(await daemon.ended()).not.toBe(0)
  expect(daemon.stderr).toContain('config.yml:1:')
})
