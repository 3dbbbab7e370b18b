import type { Exit } from './exit.ts'
import type { Reason } from './reason.ts'
import type { ProcessSpec } from './spec.ts'

/** How a run, or an attempt to have one, ended: why, and with which exit (null where nothing ran, or it still runs). */
export interface Ending {
  readonly cause: Reason
  readonly exit: Exit | null
}

/** Whether its policy restarts a process that ended by itself. [RS1] [RS8] [RS9] */
export function isRestarted(spec: ProcessSpec, ending: Ending): boolean {
  if (preventingCode(spec, ending) !== null) return false
  switch (spec.restart) {
    case 'always':
      return true
    case 'on-failure':
      return !isSuccess(spec, ending)
    case 'on-success':
      return isSuccess(spec, ending)
    case 'on-abnormal':
      return isAbnormal(ending)
    case 'no':
      return false
  }
}

/** It ended by itself, with an exit code that was declared a success. [RS1] */
export function isSuccess({ successExitCodes }: ProcessSpec, { cause, exit }: Ending): boolean {
  return cause.tag === 'exited' && exit?.tag === 'code' && successExitCodes.includes(exit.code)
}

/** The exit code that forbids a restart; null: none does. */
export function preventingCode({ restartPreventExitCodes }: ProcessSpec, { cause, exit }: Ending): number | null {
  if (cause.tag !== 'exited' || exit?.tag !== 'code') return null
  return restartPreventExitCodes.includes(exit.code) ? exit.code : null
}

/** Not by its own decision: a signal, a time that was up, a check; also an end of which nobody knows how it was. */
function isAbnormal({ cause, exit }: Ending): boolean {
  return cause.tag === 'exited' ? exit?.tag !== 'code' : takenDown.has(cause.tag)
}

const takenDown: ReadonlySet<Reason['tag']> = new Set([
  'start-timeout',
  'check-failed',
  'watchdog-silent',
  'failed-below',
])
