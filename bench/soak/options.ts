import { parseArgs } from 'node:util'

export interface Options {
  readonly minutes: number
  /** The same seed gives the same faults and commands, as far as time allows. */
  readonly seed: number
}

export const usage = 'npm run soak -- [--minutes 10] [--seed N]'

/** @throws with a message for the user */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
  return {
    minutes: positive('minutes', values.minutes ?? '10'),
    seed: positive('seed', values.seed ?? String(Date.now() % 1e6)),
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new Error(`--${name} must be a number greater than 0, not "${text}"\n${usage}`)
}
