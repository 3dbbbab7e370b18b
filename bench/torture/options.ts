import { parseArgs } from 'node:util'

export interface Options {
  /** How often the daemon is killed while everything is busy. */
  readonly kills: number
  /** How often scenarios 10 to 13 are gone through under load. */
  readonly rounds: number
  /** The same seed gives the same deeds, as far as time allows. */
  readonly seed: number
}

export const usage = 'npm run torture -- [--kills 1000] [--rounds 50] [--seed N]'

/** @throws with a message for the user */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args: [...args], options: { kills: text, rounds: text, seed: text } })
  return {
    kills: whole('kills', values.kills ?? '1000'),
    rounds: whole('rounds', values.rounds ?? '50'),
    seed: whole('seed', values.seed ?? String(Date.now() % 1e6)),
  }
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  throw new Error(`--${name} must be a whole number, not "${text}"\n${usage}`)
}
