import type { Verb } from '../command.ts'
import { readLines, showLogs } from '../live/logs.ts'
import type { logfOptions } from '../options.ts'

/** [LR14]. It ends when nobody reads any more, or as any program does of Ctrl-C. */
export const run: Verb<typeof logfOptions>['run'] = async ({ options, operands }, { system }) => {
  const lines = readLines(options.lines, { tag: 'tail', count: 10 })
  if (!lines.ok) return lines
  const query = { lines: lines.value, archives: false, follow: true, stream: options.stream ?? 'stdout' } as const
  return showLogs({ target: options, names: operands, query }, system)
}
