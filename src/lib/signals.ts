/** Signals a user may name, with their numbers on Linux x64 and arm64. */
const numbers = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGWINCH: 28,
} as const

export type SignalName = keyof typeof numbers

/** `SIGHUP` → 1. */
export function signalNumber(name: SignalName): number {
  return numbers[name]
}

/** `HUP`, `SIGHUP`, `sighup` or `1` → `SIGHUP`; null when no signal has that name. */
export function parseSignal(text: string): SignalName | null {
  const wanted = text.trim().toUpperCase()
  for (const [name, number] of Object.entries(numbers)) {
    if (name === wanted || name === `SIG${wanted}` || String(number) === wanted) return name as SignalName
  }
  return null
}

/** The name of a signal's number; `SIG37` for one without a name here. */
export function signalName(number: number): string {
  for (const [name, known] of Object.entries(numbers)) if (known === number) return name
  return `SIG${number}`
}
