import type { Failure } from '../lib/result.ts'

/** Says why we end, on standard error. */
export function complain({ message, hint }: Failure): void {
  process.stderr.write(`coppice: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`)
}
