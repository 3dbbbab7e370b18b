import type { SignalName } from '../lib/signals.ts'

const heard = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const satisfies readonly SignalName[]

/** The signals to the supervisor itself. */
export interface HostSignals extends Disposable {
  /** From now on `listener` gets every signal, first those that came before. */
  hear(listener: (signal: SignalName) => void): void
}

/**
 * Listens to the signals a supervisor reacts to. Those that come before anybody is there to `hear` them are kept: a
 * container may be stopped while it starts, and PID 1 that has no handler never hears of it.
 */
export function listenToSignals(): HostSignals {
  const early: SignalName[] = []
  let listener = (signal: SignalName): void => void early.push(signal)
  const handlers = heard.map((signal) => {
    const handle = (): void => listener(signal)
    process.on(signal, handle)
    return [signal, handle] as const
  })
  return {
    hear(next) {
      listener = next
      for (const signal of early.splice(0)) next(signal)
    },
    [Symbol.dispose]() {
      for (const [signal, handle] of handlers) process.off(signal, handle)
    },
  }
}
