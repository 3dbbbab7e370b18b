import type { ProcessValues } from './process-keys.ts'

/** What other tools call the same thing. */
const foreign: ReadonlyMap<string, keyof ProcessValues> = new Map([
  ['autorestart', 'restart'],
  ['cmd', 'command'],
  ['cron_restart', 'schedule'],
  ['depends_on', 'dependencies'],
  ['depends', 'dependencies'],
  ['directory', 'cwd'],
  ['environment', 'env'],
  ['exec', 'command'],
  ['healthcheck', 'ready'],
  ['kill_timeout', 'stop_timeout'],
  ['numprocs', 'instances'],
  ['path', 'command'],
  ['periodic', 'schedule'],
  ['replicas', 'instances'],
  ['restart_policy', 'restart'],
  ['script', 'file'],
  ['specials', 'on_signal'],
  ['stop_grace_period', 'stop_timeout'],
  ['working_dir', 'cwd'],
  ['working_directory', 'cwd'],
])

/** The suggestion for a key that another tool has. [CF4] */
export function foreignHint(name: string): string | null {
  const ours = foreign.get(name)
  return ours === undefined ? null : `here it is called "${ours}"`
}
