import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { askOptions } from '../options.ts'
import { printSupervisor, summaryOf } from '../render/supervisor.ts'

/** [DM63] */
export const run: Verb<typeof askOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const [supervisor, processes] = await Promise.all([client.value.supervisor(), client.value.list()])
  if (!supervisor.ok) return supervisor
  if (!processes.ok) return processes
  // An `up` has no settings to show.
  const config = supervisor.value.mode === 'daemon' ? await client.value.config() : null
  if (config !== null && !config.ok) return config
  const summary = summaryOf({
    supervisor: supervisor.value,
    processes: processes.value,
    config: config?.value ?? null,
    socket: client.value.socketPath,
  })
  return success(answer(summary, (style) => printSupervisor(summary, style)))
}
