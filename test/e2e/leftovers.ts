// What a test started must end with it. It is found by a marker in its environment, which all descendants inherit.
import { randomBytes } from 'node:crypto'

import { commandOf, isAlive, livingWith } from './proc.ts'

/** Everything that one test started. */
export interface Brood {
  /** The marker, for the environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Those that live, zombies left out. */
  living(): number[]
  /** SIGKILL to what still lives; tells of each by pid and command. From now on nobody looks for it. */
  end(): string[]
}

/** The markers of the tests that have not come to their end. */
const open = new Set<string>()

export function newBrood(): Brood {
  const [name, value] = ['COPPICE_TEST', randomBytes(8).toString('hex')]
  const marker = `${name}=${value}`
  open.add(marker)
  const living = (): number[] => livingWith(marker).filter(isAlive)
  return {
    environment: { [name]: value },
    living,
    end() {
      open.delete(marker)
      return living().map((pid) => {
        const command = commandOf(pid)
        signalIfThere(pid, 'SIGKILL')
        return `${pid} (${command})`
      })
    },
  }
}

/** Sends a signal; that the process has just ended is no error. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

// A test that ran into its timeout never gets to its end: what it started ends with the test run.
process.on('exit', () => {
  for (const marker of open) for (const pid of livingWith(marker)) signalIfThere(pid, 'SIGKILL')
})
