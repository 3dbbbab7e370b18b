import type { SignalName } from '../lib/signals.ts'

const heard = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const satisfies readonly SignalName[]

/** Those that have come before anybody listened; and how to end the listening. */
const early: { readonly signals: SignalName[]; release: () => void } = { signals: [], release: () => undefined }

/**
 * Keeps the signals that come before `listenToSignals`. To be called first of all where this program took the place of
 * another: they have waited, and the runtime lets them through whenever it waits for something, be it for a module.
 */
export function keepSignals(): void {
  const stops = heard.map((signal) => on(signal, () => void early.signals.push(signal)))
  process.on('SIGIO', () => undefined) // It kills where nobody listens, and one may be on its way for good.
  early.release = () => stops.forEach((stop) => stop())
}

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
  let listener = (signal: SignalName): void => void early.signals.push(signal)
  const stops = heard.map((signal) => on(signal, () => listener(signal)))
  early.release()
  return {
    hear(next) {
      listener = next
      for (const signal of early.signals.splice(0)) next(signal)
    },
    [Symbol.dispose]() {
      stops.forEach((stop) => stop())
    },
  }
}

/** @returns the function that ends it */
function on(signal: SignalName, handle: () => void): () => void {
  process.on(signal, handle)
  return () => void process.off(signal, handle)
}
