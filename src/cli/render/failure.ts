import type { Failure } from '../../lib/result.ts'
import { paint, type Style } from './style.ts'
import { printable } from './text.ts'

/** `coppice: There is no process "wbe".` and, on a line of its own, what to do: [CL11]. A message may have lines. */
export function printFailure({ message, hint }: Failure, style: Style): string {
  const lines = message.split('\n').map(printable)
  const advice = hint === undefined ? '' : `  ${printable(hint)}\n`
  return `${paint('coppice:', 'bad', style)} ${lines.join('\n')}\n${advice}`
}
