import { answerOf, waitingOf, withList } from '../act.ts'
import type { Verb } from '../command.ts'
import { connectOrSpawn } from '../connect.ts'
import type { initOptions } from '../options.ts'

/** [CL53]. `-b` asks for what is our default; it wins over `--no-wait`. */
export const run: Verb<typeof initOptions>['run'] = async ({ options }, { system }) => {
  const client = await connectOrSpawn(options, { system, orUp: false })
  if (!client.ok) return client
  const begun = await client.value.init({
    ...(options['process-config-only'] ? { process_config_only: true } : {}),
    ...waitingOf({ ...options, wait: options.wait || options.blocking }),
  })
  if (!begun.ok) return begun
  const { processes, warnings } = begun.value
  const told = answerOf(begun.value, { verb: 'start', data: processes, timeout: options.timeout })
  return withList(client.value, { ...told, remarks: warnings }, options)
}
