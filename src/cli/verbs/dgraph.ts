import { failure, success } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import type { graphOptions } from '../options.ts'
import { printDot, printGraph, printMermaid } from '../render/graph.ts'

/** [CL57] */
export const run: Verb<typeof graphOptions>['run'] = async ({ options }, { system }) => {
  if (options.dot && options.mermaid) return failure('usage', '--dot and --mermaid are two formats: give one of them.')
  const client = await connect(options, system)
  if (!client.ok) return client
  const graph = await client.value.graph({ processConfigOnly: options['process-config-only'] })
  if (!graph.ok) return graph
  const print = options.dot ? printDot : options.mermaid ? printMermaid : printGraph
  return success(answer(graph.value, () => print(graph.value)))
}
