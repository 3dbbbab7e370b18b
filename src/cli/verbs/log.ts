import type { Verb } from '../command.ts'
import { readLines, showLogs } from '../live/logs.ts'
import type { logOptions } from '../options.ts'

/** [LR10] to [LR13]. With the archives, everything is shown unless a number of lines is asked for. */
export const run: Verb<typeof logOptions>['run'] = async ({ options, operands }, { system }) => {
  const { all: archives, stream } = options
  const lines = readLines(options.lines, archives ? { tag: 'from', count: 1 } : { tag: 'tail', count: 10 })
  if (!lines.ok) return lines
  const query = { lines: lines.value, archives, follow: false, stream: stream ?? 'stdout' } as const
  return showLogs({ target: options, names: operands, query }, system)
}
