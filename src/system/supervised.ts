import type { Millis } from '../lib/time.ts'
import { errnoName } from './errno.ts'
import { monotonicMicros, sendDatagram } from './libc.ts'

/** Who started us and wants to hear of us: systemd, another coppice, or nobody. */
export interface Manager {
  /** We do our work; after `reloading`: again. */
  ready(status: string): void
  /** One line for people. */
  status(text: string): void
  reloading(): void
  stopping(status?: string): void
  /** How often it wants `alive` to be called; null: it does not. */
  readonly watchdogPeriod: Millis | null
  alive(): void
  /** What the next image of this program needs in its environment to speak as we do. */
  readonly variables: Readonly<Record<string, string>>
}

const names = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const
/** When its queue is full, a message waits so long. */
const retryPause: Millis = 100
const longestQueue = 64

/**
 * Speaks systemd's notification protocol to the socket that NOTIFY_SOCKET names; without one nothing is done. What was
 * said to us alone is taken out of our environment, so that nothing we start speaks in our name. [DM22]
 * @param log told once, in a sentence, when the socket cannot be spoken to
 */
export function openManager({
  env = process.env,
  log = () => undefined,
}: {
  readonly env?: Record<string, string | undefined>
  readonly log?: (text: string) => void
} = {}): Manager {
  const address = env['NOTIFY_SOCKET'] ?? ''
  const watchdogPeriod = watchdogOf(env)
  const variables = Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
  for (const name of names) delete env[name]
  if (address === '') return nobody
  const say = createMouth(address, log)
  return {
    ready: (status) => say('READY=1', `STATUS=${oneLine(status)}`),
    status: (text) => say(`STATUS=${oneLine(text)}`),
    reloading: () => say('RELOADING=1', `MONOTONIC_USEC=${monotonicMicros()}`),
    stopping: (status) => say('STOPPING=1', ...(status === undefined ? [] : [`STATUS=${oneLine(status)}`])),
    watchdogPeriod,
    alive: () => say('WATCHDOG=1'),
    variables,
  }
}

const nothing = (): void => undefined
const nobody: Manager = {
  ready: nothing,
  status: nothing,
  reloading: nothing,
  stopping: nothing,
  watchdogPeriod: null,
  alive: nothing,
  variables: {},
}

/** Sends messages in their order, and never waits for whoever is to read them. */
function createMouth(address: string, log: (text: string) => void): (...lines: readonly string[]) => void {
  const waiting: string[] = []
  let isRetrying = false
  let hasComplained = false

  function send(): void {
    isRetrying = false
    for (let text = waiting[0]; text !== undefined; text = waiting[0]) {
      const result = sendDatagram(address, text)
      const refusal = result < 0 ? errnoName(result) : null
      if (refusal === 'EAGAIN') {
        isRetrying = true
        setTimeout(send, retryPause).unref()
        return
      }
      waiting.shift()
      if (refusal !== null && !hasComplained) log(`${address} (NOTIFY_SOCKET) cannot be spoken to: ${refusal}`)
      hasComplained ||= refusal !== null
    }
  }

  return (...lines) => {
    waiting.push(lines.join('\n'))
    if (waiting.length > longestQueue) waiting.shift()
    if (!isRetrying) send()
  }
}

/** Half the time in which it wants to hear of us. With WATCHDOG_PID it may mean another process. */
function watchdogOf(env: Readonly<Record<string, string | undefined>>): Millis | null {
  const [usec = '', pid = ''] = [env['WATCHDOG_USEC'], env['WATCHDOG_PID']]
  if (!/^[1-9]\d{0,15}$/.test(usec) || (pid !== '' && pid !== String(process.pid))) return null
  return Number(usec) / 2000
}

/** A line break would begin another message. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
