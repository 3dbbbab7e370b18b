import { startOrder } from '../../core/order.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import type { GraphEdge, GraphView } from '../../wire/declare.ts'

/** The order in which these start, and who depends on whom. [DM20] */
export function graphOf(specs: readonly ProcessSpec[]): GraphView {
  const { queue, graph } = startOrder(specs)
  const edges = specs.flatMap(({ name, edges: own, parent }) =>
    own.map(({ to, condition }): GraphEdge => ({ from: name, to, parent: to === parent, condition })),
  )
  return { queue, graph, edges }
}
