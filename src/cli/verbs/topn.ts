import { success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import { watch } from '../live/topn.ts'
import type { topnOptions } from '../options.ts'
import { printProcesses } from '../render/processes.ts'
import { isUtc } from '../zone.ts'

/** [CL95]. Without a terminal, and for JSON, it shows everything once. */
export const run: Verb<typeof topnOptions>['run'] = async ({ options }, { system }) => {
  const client = await connect(options, system)
  if (!client.ok) return client
  const listed = await client.value.list()
  if (!listed.ok) return listed
  const { env } = system
  using screen = options.json || env['TERM'] === 'dumb' ? null : await system.screen()
  if (screen === null) {
    const processes = listed.value.toSorted((a, b) => b.memory - a.memory || a.id - b.id)
    return success(answer(processes, (style) => printProcesses(processes, style)))
  }
  await watch({
    client: client.value,
    screen,
    processes: listed.value,
    every: (options.seconds ?? 1) * 1000,
    style: { boxed: false, colour: (env['NO_COLOR'] ?? '') === '', width: null, clock: isUtc(env) ? 'utc' : 'local' },
  })
  return success(answer(null, () => ''))
}
