import { failure, success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { whyOptions } from '../options.ts'
import { printStopping, printWhys } from '../render/why.ts'

/** [CL16], and with `--stop` [WH5]. */
export const run: Verb<typeof whyOptions>['run'] = async ({ options, operands }, { system }) => {
  if (options.stop && operands.length > 0) return failure('usage', '--stop is of all processes.')
  if (!options.stop && operands.length === 0)
    return failure('usage', 'Which process? Give its name or its id.', '`coppice why --stop` tells who blocks a stop.')
  const client = await connect(options, system)
  if (!client.ok) return client
  if (options.stop) {
    const stopping = await client.value.stopping()
    if (!stopping.ok) return stopping
    return success(answer(stopping.value, (style) => printStopping(stopping.value, style)))
  }
  const whys = await client.value.why(operands)
  if (!whys.ok) return whys
  return success(answer(whys.value, (style) => printWhys([whys.value].flat(), style)))
}
