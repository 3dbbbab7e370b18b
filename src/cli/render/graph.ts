import type { GraphEdge, GraphView } from '../../wire/declare.ts'
import { printable } from './text.ts'

/** pmon3's text, of which scripts read the tabs: [CL57]. */
export function printGraph({ queue, graph }: GraphView): string {
  const hasGraph = graph.length > 0 && queue.length > 1
  return `${listed('Queue Order', queue)}${hasGraph ? listed('Dependency Graph Order', graph) : ''}`
}

function listed(title: string, names: readonly string[]): string {
  return `${title}\n${names.map((name, at) => `\t${at}: ${printable(name)}\n`).join('')}`
}

/** An arrow goes from a process to what it depends on; that to a parent is bold. */
export function printDot({ queue, edges }: GraphView): string {
  const nodes = queue.map((name) => `  ${inQuotes(name)};\n`)
  const arrows = edges.map((edge) => `  ${inQuotes(edge.from)} -> ${inQuotes(edge.to)} [${attributes(edge)}];\n`)
  return `digraph coppice {\n${nodes.join('')}${arrows.join('')}}\n`
}

function attributes({ condition, parent }: GraphEdge): string {
  return `label=${inQuotes(condition)}${parent ? ', style=bold' : ''}`
}

function inQuotes(text: string): string {
  return `"${printable(text).replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** The same for Mermaid, in which names have too few letters to be ids; that to a parent is thick. */
export function printMermaid({ queue, edges }: GraphView): string {
  const names = [...new Set([...queue, ...edges.flatMap(({ from, to }) => [from, to])])]
  const ids = new Map(names.map((name, at) => [name, `n${at}`]))
  const nodes = names.map((name, at) => `  n${at}["${printable(name).replaceAll('"', '#quot;')}"]\n`)
  const arrows = edges.map(
    ({ from, to, condition, parent }) =>
      `  ${ids.get(from) ?? ''} ${parent ? '==>' : '-->'}|${condition}| ${ids.get(to) ?? ''}\n`,
  )
  return `graph TD\n${nodes.join('')}${arrows.join('')}`
}
