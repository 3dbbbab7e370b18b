import type { Verdict } from '../../core/check.ts'
import type { Exit } from '../../core/exit.ts'
import { runCommand } from '../command.ts'
import { longestTimer } from './alarm.ts'
import { failed, passed, type Asking, type ProbeOf } from './asking.ts'

/** Passes when the command exits with 0, run with the environment, directory and user of its process. [PB24] */
export async function askExec({ command }: ProbeOf<'exec'>, { context, signal }: Asking): Promise<Verdict> {
  // The signal is what ends it in time.
  const outcome = await runCommand({ command, context, signal, timeout: longestTimer })
  if (outcome === 'timeout') return failed('did not end')
  if ('failed' in outcome) return failed(outcome.failed)
  return judgeExit(outcome.exit)
}

function judgeExit(exit: Exit): Verdict {
  switch (exit.tag) {
    case 'code':
      return exit.code === 0 ? passed('exited with code 0') : failed(`exited with code ${exit.code}`)
    case 'signal':
      return failed(`was killed by ${exit.signal}`)
    case 'unknown':
      return failed('ended, nobody knows how')
  }
}
