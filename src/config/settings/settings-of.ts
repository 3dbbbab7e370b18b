import type { DaemonSettings } from '../daemon-settings.ts'
import { hookKeys } from '../hooks.ts'
import type { ResolvedSettings } from './resolve.ts'
import type { Around } from './setting.ts'

/** pmon3's own default for its data. */
const theirData = '/etc/pmon3/data'

/** The settings in the form that a daemon works with. */
export function settingsOf({ values, origins }: ResolvedSettings, { isPmon3 }: Around): DaemonSettings {
  const isDataSaid = origins.get('data.directory') !== null
  return {
    logLevel: values.log_level,
    handleInterrupts: values.handle_interrupts,
    disableReloads: values.disable_reloads,
    processMonitorInterval: values.process_monitor_interval,
    initializationPeriod: values.initialization_period * 1000,
    processConfigFile: values.process_config_file,
    dependentProcessEnqueued: values['wait.dependent_process_enqueued'],
    logs: {
      directory: values['logs.directory'],
      user: values['logs.user'],
      group: values['logs.group'],
      directoryMode: values['logs.directory_mode'],
      fileMode: values['logs.file_mode'],
    },
    data: {
      directory: values['data.directory'],
      user: values['data.user'],
      group: values['data.group'],
      directoryMode: values['data.directory_mode'],
      fileMode: values['data.file_mode'],
    },
    pmon3Data: isPmon3 && !isDataSaid ? theirData : values['data.directory'],
    socket: {
      user: values['message_queue.user'],
      group: values['message_queue.group'],
      fileMode: values['message_queue.file_mode'],
    },
    hooks: {
      processRestart: values['event_handling.process_restart'],
      processFailure: values['event_handling.process_failure'],
      processBackoff: values['event_handling.process_backoff'],
      ofAll: hookKeys.flatMap(({ name }) => values[`hooks.${name}`]),
    },
    flapDetection: {
      isEnabled: values['flap_detection.is_enabled'],
      restarted: values['flap_detection.threshold_restarted'],
      countdown: values['flap_detection.threshold_countdown'],
      decrement: values['flap_detection.threshold_decrement'],
    },
  }
}
