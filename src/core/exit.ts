import { signalName, signalNumber, type SignalName } from '../lib/signals.ts'

/** How a run ended. `unknown` where the kernel no longer tells. */
export type Exit =
  | { readonly tag: 'code'; readonly code: number }
  | { readonly tag: 'signal'; readonly signal: string }
  | { readonly tag: 'unknown' }

/** A sentence's middle: `exited with code 3`, `was killed by SIGKILL`. */
export function describeExit(exit: Exit): string {
  switch (exit.tag) {
    case 'code':
      return `exited with code ${exit.code}`
    case 'signal':
      return `was killed by ${exit.signal}`
    case 'unknown':
      return 'ended, nobody knows how'
  }
}

/** The exit code a shell would show: the code, 128 + N for signal N, 1 where unknown. */
export function exitStatus(exit: Exit): number {
  switch (exit.tag) {
    case 'code':
      return exit.code
    case 'signal':
      return 128 + (signalNumberOrZero(exit.signal) || 1)
    case 'unknown':
      return 1
  }
}

/** The exit of a child from its two numbers, as `waitpid` gives them. */
export function exitOf({ code, signal }: { readonly code: number; readonly signal: number }): Exit {
  return signal === 0 ? { tag: 'code', code } : { tag: 'signal', signal: signalName(signal) }
}

function signalNumberOrZero(name: string): number {
  const known: number | undefined = signalNumber(name as SignalName)
  return known ?? (Number(name.replace(/^SIG/, '')) || 0)
}
