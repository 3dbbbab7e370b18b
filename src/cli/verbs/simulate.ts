import { success } from '../../lib/result.ts'
import type { Verb } from '../command.ts'
import type { simulateOptions } from '../options.ts'
import { printSimulated } from '../render/simulated.ts'
import { readOrder } from '../simulate/read-order.ts'

/** [SM1] to [SM7]. */
export const run: Verb<typeof simulateOptions>['run'] = async ({ options, operands: [file = ''] }, { system }) => {
  const order = readOrder(file, options)
  if (!order.ok) return order
  const simulated = await system.simulate(order.value)
  if (!simulated.ok) return simulated
  const { warnings, ...data } = simulated.value
  return success({
    data,
    text: (style) => printSimulated(simulated.value, style),
    exitCode: 0,
    remarks: warnings,
    problems: [],
  })
}
